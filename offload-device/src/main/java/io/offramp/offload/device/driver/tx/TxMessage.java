package io.offramp.offload.device.driver.tx;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.offramp.offload.device.driver.queue.CompletionHandler;
import io.offramp.offload.device.hardware.queue.Cqe;
import io.offramp.offload.device.hardware.queue.Syndrome;
import io.offramp.offload.record.ContentType;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The work of one call to {@code seal}: plaintext, room for its records, and the WQEs that make the one into the other.
 * Kept whole until the last completion, so that software can make the same records where the device did not.
 */
final class TxMessage implements CompletionHandler {
    private final DeviceTxSession session;
    private TxEpoch epoch;
    private @Nullable TxContext context;
    private int programming;
    private boolean isDone;

    @Nullable
    TxMessage next;

    private ContentType type = ContentType.APPLICATION_DATA;
    private ByteBuf plaintext = Unpooled.EMPTY_BUFFER;
    private ByteBuf wire = Unpooled.EMPTY_BUFFER;
    private int maxPlaintextBytes;
    private int plaintextKey;
    private int wireKey;
    private long firstRecord;
    private int outstanding;
    private boolean isPosted;
    private int sentBytes;
    private int sentPackets;
    private int mss = 1;
    private int syndrome;
    private int vendorSyndrome;

    TxMessage(DeviceTxSession session, TxEpoch epoch) {
        this.session = session;
        this.epoch = epoch;
    }

    /** Starts over. Ownership of both buffers moves here. */
    void start(
            TxEpoch newEpoch,
            ContentType newType,
            ByteBuf newPlaintext,
            int newMaxPlaintextBytes,
            ByteBuf newWire,
            long newFirstRecord) {
        epoch = newEpoch;
        isDone = false;
        next = null;
        type = newType;
        plaintext = newPlaintext;
        maxPlaintextBytes = newMaxPlaintextBytes;
        wire = newWire;
        firstRecord = newFirstRecord;
        outstanding = 0;
        isPosted = false;
        sentBytes = 0;
        sentPackets = 0;
        syndrome = 0;
        vendorSyndrome = 0;
    }

    /** The buffer for the socket; the caller's from here on. The message holds nothing further. */
    ByteBuf end() {
        ByteBuf sealed = wire;
        plaintext.release();
        plaintext = Unpooled.EMPTY_BUFFER;
        wire = Unpooled.EMPTY_BUFFER;
        return sealed;
    }

    /** The keys that it is under. */
    TxEpoch epoch() {
        return epoch;
    }

    /** True where its records are made, and wait for their turn at most. */
    boolean isDone() {
        return isDone;
    }

    /** Its records are made. */
    void onDone() {
        isDone = true;
    }

    ContentType type() {
        return type;
    }

    /** Sequence of the first record. */
    long firstRecord() {
        return firstRecord;
    }

    /** Bytes that left the device. */
    int sentBytes() {
        return sentBytes;
    }

    /** Packets that left the device. */
    int sentPackets() {
        return sentPackets;
    }

    ByteBuf plaintext() {
        return plaintext;
    }

    ByteBuf wire() {
        return wire;
    }

    int maxPlaintextBytes() {
        return maxPlaintextBytes;
    }

    int plaintextKey() {
        return plaintextKey;
    }

    int wireKey() {
        return wireKey;
    }

    void mappedAs(int newPlaintextKey, int newWireKey) {
        plaintextKey = newPlaintextKey;
        wireKey = newWireKey;
    }

    boolean hasFailed() {
        return syndrome != 0;
    }

    boolean isSent() {
        return !hasFailed() && sentBytes == wire.capacity();
    }

    /** True where nothing of its own was wrong: the queue had failed before, or the device was down. */
    boolean isFlushed() {
        return syndrome == Syndrome.FLUSHED;
    }

    boolean isOutOfSequence() {
        return vendorSyndrome == Syndrome.SEQUENCE;
    }

    String failure() {
        return Syndrome.describe(syndrome, vendorSyndrome);
    }

    /** Its WQEs are posted to this context, whose params are in the queue before them, or are put there now. */
    void postedTo(TxContext newContext) {
        context = newContext;
    }

    /** The params that it relies on. */
    int programming() {
        return programming;
    }

    /** Its packets have that much payload, the last one of a WQE less. */
    void cutAt(int newMss) {
        mss = newMss;
    }

    int mss() {
        return mss;
    }

    /** Another WQE of this message is posted. */
    void onPosted() {
        TxContext device = Objects.requireNonNull(context);
        programming = device.programming();
        device.onPosted();
        outstanding++;
    }

    /** No more WQEs follow. */
    void onAllPosted() {
        isPosted = true;
    }

    @Override
    public void onCompletion(ByteBuf ring, int cqe) {
        int bytes = Cqe.byteCount(ring, cqe);
        sentBytes += bytes;
        sentPackets += Math.ceilDiv(bytes, mss);
        if (Cqe.opcode(ring, cqe) == Cqe.REQUEST_ERROR && !hasFailed()) {
            syndrome = Cqe.syndrome(ring, cqe);
            vendorSyndrome = Cqe.vendorSyndrome(ring, cqe);
        }
        TxContext device = Objects.requireNonNull(context);
        int postedAt = programming;
        outstanding--;
        try {
            if (outstanding == 0 && isPosted) {
                session.onMessageDone(this);
            }
        } finally {
            device.onCompleted(postedAt);
        }
    }
}
