package io.offramp.offload.device.driver.rx;

import org.jspecify.annotations.Nullable;

/** A session's packets in the order of the stream, until the device is done with them. Confined to the event loop. */
final class PacketQueue {
    private final DeviceRxSession session;
    private @Nullable RxPacket first;
    private @Nullable RxPacket last;
    private @Nullable RxPacket spare;

    PacketQueue(DeviceRxSession session) {
        this.session = session;
    }

    /** True where no packet is waited for. */
    boolean isEmpty() {
        return first == null;
    }

    /** A packet behind all others, to be filled. */
    RxPacket append() {
        RxPacket packet = take();
        if (last == null) {
            first = packet;
        } else {
            last.next = packet;
        }
        last = packet;
        return packet;
    }

    /** A packet outside of the queue, to be filled; given back by {@link #release}. */
    RxPacket take() {
        RxPacket packet = spare == null ? new RxPacket(session) : spare;
        spare = null;
        return packet;
    }

    /** Takes the first packet off if the device is done with it; to be given back by {@link #release}. */
    @Nullable
    RxPacket pollDone() {
        RxPacket packet = first;
        if (packet == null || !packet.isDone()) {
            return null;
        }
        first = packet.next;
        last = first == null ? null : last;
        return packet;
    }

    /** Lets go of a packet's buffers. */
    void release(RxPacket packet) {
        packet.release();
        spare = packet;
    }
}
