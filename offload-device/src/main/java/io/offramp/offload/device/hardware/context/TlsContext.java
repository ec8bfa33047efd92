package io.offramp.offload.device.hardware.context;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.aead.OpenStream;
import io.offramp.offload.aead.SealStream;
import io.offramp.offload.device.hardware.key.Dek;
import io.offramp.offload.device.hardware.key.DekTable;
import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.record.RecordFormat;
import org.jspecify.annotations.Nullable;

/**
 * One TIS or TIR: a direction of a connection as the device sees it. Created and destroyed by commands, programmed by
 * WQEs, moved by packets. Confined to the queue set that it belongs to.
 */
public final class TlsContext {
    private final int receiveQueue;
    private final RecordCursor cursor = new RecordCursor();
    private RecordFormat format = RecordFormat.TLS_1_3;
    private int gcmIv;
    private long implicitIv;
    private long initialRecordNumber;
    private @Nullable Dek dek;

    private @Nullable TrackerState tracker;
    private AuthState auth = AuthState.NO_OFFLOAD;
    private long recordNumber;
    private int nextTcpSequence;
    private int resyncTcpSequence;

    TlsContext(int receiveQueue) {
        this.receiveQueue = receiveQueue;
    }

    /** The RQ that packets of a TIR go to. */
    public int receiveQueue() {
        return receiveQueue;
    }

    /**
     * Takes new static params; false if they are not valid, the context then is as before.
     *
     * <p>With a {@code resync_tcp_sn} they answer a resync request: the record there has this number. An answer to
     * another question than the one that is open, because the device has gone on searching meanwhile, changes nothing.
     */
    public boolean loadStatic(ByteBuf in, int at, DekTable deks) {
        if (!StaticParams.isValid(in, at)) {
            return false;
        }
        long number = StaticParams.initialRecordNumber(in, at);
        int answered = StaticParams.resyncTcpSequence(in, at);
        if (answered != 0) {
            if (isAsking() && answered == resyncTcpSequence) {
                confirm(number);
            }
            return true;
        }
        format = RecordFormat.of(StaticParams.version(in, at), AeadSuite.AES_128_GCM);
        gcmIv = StaticParams.gcmIv(in, at);
        implicitIv = StaticParams.implicitIv(in, at);
        initialRecordNumber = number;
        recordNumber = number;
        cursor.reset();
        dek = deks.get(StaticParams.dekIndex(in, at));
        return true;
    }

    private void confirm(long numberAtResync) {
        // Since the resync position, records were counted from 0.
        recordNumber += numberAtResync;
        initialRecordNumber = numberAtResync;
        auth = AuthState.OFFLOAD;
        if (cursor.offset() > 0) {
            cursor.miss();
        }
    }

    /** Takes new progress params; false if they are not valid, the context then is as before. */
    public boolean loadProgress(ByteBuf in, int at) {
        TrackerState newTracker = ProgressParams.tracker(in, at);
        AuthState newAuth = ProgressParams.auth(in, at);
        if (newTracker == null || newAuth == null) {
            return false;
        }
        tracker = newTracker;
        auth = newAuth;
        nextTcpSequence = ProgressParams.nextRecordTcpSequence(in, at);
        resyncTcpSequence = ProgressParams.resyncTcpSequence(in, at);
        recordNumber = initialRecordNumber + ProgressParams.recordOffset(in, at);
        cursor.reset();
        return true;
    }

    /** Writes the progress params as they are now. */
    public void storeProgress(ByteBuf out, int at) {
        TrackerState state = tracker == null ? TrackerState.START : tracker;
        ProgressParams.write(out, at, nextTcpSequence, resyncTcpSequence, state, auth,
                (int) (recordNumber - initialRecordNumber));
    }

    /** Forgets everything that it was told. */
    void wipe() {
        gcmIv = 0;
        implicitIv = 0;
        dek = null;
        tracker = null;
        auth = AuthState.NO_OFFLOAD;
        initialRecordNumber = 0;
        recordNumber = 0;
        nextTcpSequence = 0;
        resyncTcpSequence = 0;
        cursor.wipe();
    }

    /** Its key, or null. */
    public @Nullable Dek dek() {
        return dek;
    }

    /** Encrypts its partial records; null without a key. */
    public @Nullable SealStream sealStream() {
        return dek == null ? null : dek.sealStream();
    }

    /** Decrypts its partial records; null without a key. */
    public @Nullable OpenStream openStream() {
        return dek == null ? null : dek.openStream();
    }

    /** Geometry of its records; the device knows GCM alone. */
    public RecordFormat format() {
        return format;
    }

    /** First 4 bytes of every nonce. */
    public int nonceHead() {
        return gcmIv;
    }

    /** Last 8 bytes of the nonce of a record in TLS 1.3 (RFC 8446 §5.3). */
    public long implicitNonceTail(long record) {
        return implicitIv ^ record;
    }

    /** Number of the record at the cursor; while a resync request is open, counted from the position asked about. */
    public long recordNumber() {
        return recordNumber;
    }

    /** TCP sequence of the next byte that is expected. */
    public int nextTcpSequence() {
        return nextTcpSequence;
    }

    /** Where in a record the context stands. */
    public RecordCursor cursor() {
        return cursor;
    }

    /** State of the tracker; null before the first progress params. */
    public @Nullable TrackerState tracker() {
        return tracker;
    }

    /** State of the authentication. */
    public AuthState auth() {
        return auth;
    }

    /** True while the device follows records whose number it asks for. */
    public boolean isAsking() {
        return tracker == TrackerState.TRACKING && auth == AuthState.NO_OFFLOAD;
    }

    /** The record at the cursor has ended. */
    public void onRecordEnd() {
        recordNumber++;
        cursor.reset();
    }

    /** Bytes went by in order, the next one of which has this sequence. */
    public void advance(int tcpSequence) {
        if (tracker == TrackerState.START) {
            tracker = TrackerState.TRACKING;
            auth = AuthState.OFFLOAD;
        }
        nextTcpSequence = tcpSequence;
    }

    /** The position is lost. */
    public void lose() {
        tracker = TrackerState.SEARCHING;
        auth = AuthState.NO_OFFLOAD;
        cursor.reset();
    }

    /** Something like a record's header was found at this sequence: follows it, and asks for its number. */
    public void ask(int tcpSequence) {
        tracker = TrackerState.TRACKING;
        auth = AuthState.NO_OFFLOAD;
        resyncTcpSequence = tcpSequence;
        nextTcpSequence = tcpSequence;
        initialRecordNumber = 0;
        recordNumber = 0;
        cursor.reset();
    }
}
