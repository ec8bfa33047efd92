package io.offramp.offload.device.driver.rx;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.offramp.offload.device.driver.counter.DeviceCounters;
import io.offramp.offload.device.driver.queue.CompletionHandler;
import io.offramp.offload.device.driver.queue.DeviceChannel;
import io.offramp.offload.device.hardware.queue.Cqe;
import io.offramp.offload.device.hardware.queue.TlsOffload;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of the stream on their way through the device: what came in, and the host memory that the device writes to. Or
 * bytes that pass it by and wait for their turn. Reused by its session.
 */
final class RxPacket implements CompletionHandler {
    private final PacketQueue queue;
    private @Nullable RxContext context;
    private ByteBuf wire = Unpooled.EMPTY_BUFFER;
    private ByteBuf host = Unpooled.EMPTY_BUFFER;
    private int wireIndex;
    private int hostKey;
    private int entry;
    private int hostIndex;
    private int bytes;
    private int sequence;
    private int epoch;
    private boolean isPresented;
    private boolean isFirst;
    private boolean isDone;
    private Arrival arrival = Arrival.INTACT;
    private TlsOffload result = TlsOffload.NOT_DECRYPTED;

    @Nullable
    RxPacket next;

    /** How it has come. */
    enum Arrival {
        /** In host memory, with a checksum that holds. */
        INTACT,
        /** In host memory, with a wrong checksum. */
        DAMAGED,
        /** Not at all: its RQ had failed. TCP brings it again. */
        LOST
    }

    RxPacket(PacketQueue queue) {
        this.queue = queue;
    }

    /**
     * Gives the bytes to the device as one packet.
     *
     * @param newContext what the flow's rule leads to
     * @param header of the packet
     * @param newWire holds the payload; retained until the packet is done
     * @param newHost has room for it; the packet's
     * @param newSequence TCP sequence of the first byte
     * @param newEpoch of the key that the device has
     */
    void present(
            RxContext newContext,
            DeviceChannel channel,
            ByteBuf header,
            int headerBytes,
            ByteBuf newWire,
            int index,
            int newBytes,
            ByteBuf newHost,
            int newSequence,
            int newEpoch) {
        context = newContext;
        wire = newWire.retain();
        wireIndex = index;
        host = newHost;
        hostIndex = 0;
        bytes = newBytes;
        sequence = newSequence;
        epoch = newEpoch;
        isPresented = true;
        isDone = false;
        queue.onPresented();
        hostKey = channel.regions().map(newHost);
        newContext.onPosted();
        entry = channel.receive().post(hostKey, 0, newBytes, this);
        if (!channel.deliver(header, headerBytes, newWire, index, newBytes)) {
            throw new IllegalStateException("device has dropped a packet for which memory was posted");
        }
    }

    /** Takes bytes that pass the device by; retained until the packet is done. */
    void pass(ByteBuf newWire, int index, int newBytes) {
        host = newWire.retain();
        hostIndex = index;
        bytes = newBytes;
        isPresented = false;
        isDone = true;
        arrival = Arrival.INTACT;
        result = TlsOffload.NOT_DECRYPTED;
    }

    @Override
    public void onCompletion(ByteBuf ring, int cqe) {
        result = Cqe.tlsOffload(ring, cqe);
        isFirst = Cqe.wqeCounter(ring, cqe) == entry;
        if (Cqe.opcode(ring, cqe) == Cqe.RESPONSE_ERROR) {
            arrival = Arrival.LOST;
            // Where TCP is the host kernel's, what it would bring again is here already.
            host.setBytes(hostIndex, wire, wireIndex, bytes);
        } else {
            arrival = Cqe.isIntact(ring, cqe) ? Arrival.INTACT : Arrival.DAMAGED;
        }
        isDone = true;
        // May be used for another packet from here on.
        RxContext named = context;
        context = null;
        queue.onPacketDone(hostKey);
        if (named != null) {
            named.onCompleted();
        }
    }

    /** True where the device is done with it. */
    boolean isDone() {
        return isDone;
    }

    /** Counts what the device did with it, if it went through the device. */
    void count(DeviceCounters counters) {
        if (!isPresented) {
            return;
        }
        switch (result) {
            case DECRYPTED -> {
                // As in mlx5, merged packets are one.
                counters.rxDecryptedPackets.add(isFirst ? 1 : 0);
                counters.rxDecryptedBytes.add(bytes);
            }
            case RESYNC -> counters.rxResyncPackets.increment();
            case ERROR -> counters.rxErrors.increment();
            case NOT_DECRYPTED -> {}
        }
    }

    /** How it has come. */
    Arrival arrival() {
        return arrival;
    }

    /** Result of the device. */
    TlsOffload result() {
        return result;
    }

    /** The epoch of the key that the device has decrypted with, or {@link DecryptedRuns#ENCRYPTED}. */
    int mark() {
        return result == TlsOffload.DECRYPTED ? epoch : DecryptedRuns.ENCRYPTED;
    }

    ByteBuf host() {
        return host;
    }

    int hostIndex() {
        return hostIndex;
    }

    int bytes() {
        return bytes;
    }

    int sequence() {
        return sequence;
    }

    /** Lets go of its buffers. */
    void release() {
        wire.release();
        host.release();
        wire = Unpooled.EMPTY_BUFFER;
        host = Unpooled.EMPTY_BUFFER;
        next = null;
    }
}
