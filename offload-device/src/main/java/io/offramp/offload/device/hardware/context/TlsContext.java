package io.offramp.offload.device.hardware.context;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.aead.OpenStream;
import io.offramp.offload.aead.Opener;
import io.offramp.offload.aead.SealStream;
import io.offramp.offload.aead.Sealer;
import io.offramp.offload.device.hardware.key.Dek;
import io.offramp.offload.device.hardware.key.DekTable;
import io.offramp.offload.device.hardware.key.KeyUse;
import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.record.RecordFormat;
import org.jspecify.annotations.Nullable;

/**
 * One TIS or TIR: a direction of a connection as the device sees it. Created and destroyed by commands, programmed by
 * WQEs, moved by packets. Confined to the queue set that it belongs to.
 *
 * <p>It works once static params, and progress params behind them, are in effect. Params that were not taken make it
 * unusable ({@link #poison}) until both are: what it would do with half of them, or with the ones before, is to use a
 * record number twice.
 */
public final class TlsContext {
    /** Packets without an answer after which a receiving context asks for the first time again. */
    static final int FIRST_ASK_AGAIN = 8;

    /** Most packets from one question to the record that the next is about, once answers arrive. */
    public static final int LAST_ASK_AGAIN = 128;

    private volatile int receiveQueue;
    private final RecordCursor cursor = new RecordCursor();
    private RecordFormat format = RecordFormat.TLS_1_3;
    private int gcmIv;
    private long implicitIv;
    private long initialRecordNumber;
    /** Null without static params. */
    private @Nullable KeyUse key;

    /** Null without progress params that belong to the static ones. */
    private @Nullable TrackerState tracker;

    private AuthState auth = AuthState.NO_OFFLOAD;
    private long recordNumber;
    private int nextTcpSequence;
    private int resyncTcpSequence;
    private int packetsAsking;
    private int askAgainAfter;

    TlsContext(int receiveQueue) {
        this.receiveQueue = receiveQueue;
    }

    /** The RQ that packets of a TIR go to. */
    public int receiveQueue() {
        return receiveQueue;
    }

    void receiveQueue(int newReceiveQueue) {
        receiveQueue = newReceiveQueue;
    }

    /**
     * Takes new static params, for new progress params to follow; false if they are not valid, or name no key. The
     * caller then {@link #poison poisons} the context.
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
        Dek dek = deks.get(StaticParams.dekIndex(in, at));
        if (dek == null || !dek.isLoaded()) {
            return false;
        }
        if (key == null || !key.isOf(dek)) {
            forgetKey();
            key = new KeyUse(dek);
        }
        format = AeadSuite.AES_128_GCM.format(StaticParams.version(in, at));
        gcmIv = StaticParams.gcmIv(in, at);
        implicitIv = StaticParams.implicitIv(in, at);
        initialRecordNumber = number;
        recordNumber = number;
        cursor.reset();
        tracker = null;
        auth = AuthState.NO_OFFLOAD;
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

    /**
     * Takes new progress params; false if they are not valid, or no static ones are in effect. The caller then
     * {@link #poison poisons} the context.
     */
    public boolean loadProgress(ByteBuf in, int at) {
        TrackerState newTracker = ProgressParams.tracker(in, at);
        AuthState newAuth = ProgressParams.auth(in, at);
        if (newTracker == null || newAuth == null || !hasKey()) {
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
        ProgressParams.write(
                out, at, nextTcpSequence, resyncTcpSequence, state, auth, (int) (recordNumber - initialRecordNumber));
    }

    /** Params for it were not taken: it does nothing until static and progress params have come anew. */
    public void poison() {
        forgetKey();
        tracker = null;
        auth = AuthState.NO_OFFLOAD;
        cursor.reset();
    }

    private void forgetKey() {
        if (key != null) {
            key.close();
            key = null;
        }
    }

    /** Forgets everything that it was told. */
    void wipe() {
        poison();
        gcmIv = 0;
        implicitIv = 0;
        initialRecordNumber = 0;
        recordNumber = 0;
        nextTcpSequence = 0;
        resyncTcpSequence = 0;
        cursor.wipe();
    }

    /** True where the key of its static params is on the device. */
    public boolean hasKey() {
        return key != null && key.isCurrent();
    }

    /** Encrypts its whole records; null without a key. */
    public @Nullable Sealer sealer() {
        return key == null ? null : key.sealer();
    }

    /** Decrypts its whole records; null without a key. */
    public @Nullable Opener opener() {
        return key == null ? null : key.opener();
    }

    /** Encrypts its partial records; null without a key. */
    public @Nullable SealStream sealStream() {
        return key == null ? null : key.sealStream();
    }

    /** Decrypts its partial records; null without a key. */
    public @Nullable OpenStream openStream() {
        return key == null ? null : key.openStream();
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

    /** The position is lost. A context that was never programmed has none. */
    public void lose() {
        if (tracker != null) {
            tracker = TrackerState.SEARCHING;
            auth = AuthState.NO_OFFLOAD;
            cursor.reset();
        }
    }

    /** Something like a record's header was found at this sequence: follows it, and asks for its number. */
    public void ask(int tcpSequence) {
        tracker = TrackerState.TRACKING;
        auth = AuthState.NO_OFFLOAD;
        nextTcpSequence = tcpSequence;
        cursor.reset();
        askAgainAfter = FIRST_ASK_AGAIN;
        askHere();
    }

    /**
     * One more packet has gone by without an answer. Questions and answers get lost, so the question is put again:
     * after {@value #FIRST_ASK_AGAIN} packets, and each time after twice as many, up to {@value #LAST_ASK_AGAIN}, to
     * give a slow answer its time. It is about the record that the context stands in, and waits for a packet in which
     * that begins: if the record began before, the host may be past its end when the question arrives.
     *
     * @param packetSequence TCP sequence of the packet's first byte
     * @return true where it is put again
     */
    public boolean asksAgain(int packetSequence) {
        packetsAsking++;
        boolean isRecordNew = recordTcpSequence() - packetSequence >= 0;
        if (packetsAsking < askAgainAfter || !isRecordNew) {
            return false;
        }
        askAgainAfter = Math.min(2 * askAgainAfter, LAST_ASK_AGAIN);
        askHere();
        return true;
    }

    private int recordTcpSequence() {
        return nextTcpSequence - cursor.offset();
    }

    /** Asks for the number of the record at the cursor, and counts from there. */
    private void askHere() {
        packetsAsking = 0;
        resyncTcpSequence = recordTcpSequence();
        initialRecordNumber = 0;
        recordNumber = 0;
    }
}
