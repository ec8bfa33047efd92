package io.offramp.offload.device.driver.rx;

import io.offramp.offload.device.driver.queue.DeviceChannel;
import org.jspecify.annotations.Nullable;

/** A session's packets in the order of the stream, until the device is done with them. Confined to the event loop. */
final class PacketQueue {
    private final DeviceChannel channel;
    private final Runnable whenDone;
    private @Nullable RxPacket first;
    private @Nullable RxPacket last;
    private @Nullable RxPacket spare;
    private int underWay;

    /** @param whenDone runs when the device is done with a packet, in the queue or outside of it */
    PacketQueue(DeviceChannel channel, Runnable whenDone) {
        this.channel = channel;
        this.whenDone = whenDone;
    }

    /** True while no packet waits for its turn. */
    boolean isEmpty() {
        return first == null;
    }

    /** True while the device has no packet. */
    boolean isIdle() {
        return underWay == 0;
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
        RxPacket packet = spare == null ? new RxPacket(this) : spare;
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

    /** A packet goes to the device. */
    void onPresented() {
        underWay++;
    }

    /** The device is done with a packet, and with the memory that it wrote to. */
    void onPacketDone(int hostKey) {
        underWay--;
        channel.regions().unmap(hostKey);
        whenDone.run();
    }

    /** Lets go of a packet's buffers. */
    void release(RxPacket packet) {
        packet.release();
        spare = packet;
    }
}
