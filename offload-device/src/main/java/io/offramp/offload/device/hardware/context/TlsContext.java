package io.offramp.offload.device.hardware.context;

import io.netty.buffer.ByteBuf;
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

    /** Takes new static params; false if they are not valid, the context then is as before. */
    public boolean loadStatic(ByteBuf in, int at, DekTable deks) {
        if (!StaticParams.isValid(in, at)) {
            return false;
        }
        format = RecordFormat.of(StaticParams.version(in, at), AeadSuite.AES_128_GCM);
        gcmIv = StaticParams.gcmIv(in, at);
        implicitIv = StaticParams.implicitIv(in, at);
        initialRecordNumber = StaticParams.initialRecordNumber(in, at);
        recordNumber = initialRecordNumber;
        dek = deks.get(StaticParams.dekIndex(in, at));
        return true;
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
        return true;
    }

    /** Writes the progress params as they are now. */
    public void storeProgress(ByteBuf out, int at) {
        TrackerState state = tracker == null ? TrackerState.START : tracker;
        ProgressParams.write(out, at, nextTcpSequence, resyncTcpSequence, state, auth,
                (int) (recordNumber - initialRecordNumber));
    }

    /** Its key, or null. */
    public @Nullable Dek dek() {
        return dek;
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

    /** Number of the next record. */
    public long recordNumber() {
        return recordNumber;
    }

    /** TCP sequence of the next record. */
    public int nextTcpSequence() {
        return nextTcpSequence;
    }

    /** State of the tracker; null before the first progress params. */
    public @Nullable TrackerState tracker() {
        return tracker;
    }

    /** Records went by in order, the last of which ends where the next packet has to start. */
    public void advance(int tcpSequence, long nextRecord) {
        tracker = TrackerState.TRACKING;
        auth = AuthState.OFFLOAD;
        nextTcpSequence = tcpSequence;
        recordNumber = nextRecord;
    }

    /** The position is lost at this sequence. */
    public void lose(int tcpSequence) {
        tracker = TrackerState.SEARCHING;
        auth = AuthState.NO_OFFLOAD;
        resyncTcpSequence = tcpSequence;
    }
}
