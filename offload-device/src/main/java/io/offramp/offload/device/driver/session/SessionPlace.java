package io.offramp.offload.device.driver.session;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import io.offramp.offload.OffloadTarget;
import io.offramp.offload.device.driver.counter.DeviceCounters;
import io.offramp.offload.device.driver.queue.DeviceChannel;

/**
 * Where a session lives.
 *
 * @param device  what it shares with all others
 * @param channel queues of its event loop
 * @param target  its connection
 */
public record SessionPlace(DeviceResources device, DeviceChannel channel, OffloadTarget target) {
    /** What to count with. */
    public DeviceCounters counters() {
        return device.counters();
    }

    /** The connection's. */
    public ByteBufAllocator allocator() {
        return target.channel().alloc();
    }

    /** The connection's. */
    public EventLoop eventLoop() {
        return target.channel().eventLoop();
    }
}
