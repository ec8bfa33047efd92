package io.offramp.offload.device.driver.session;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import io.offramp.offload.OffloadTarget;
import io.offramp.offload.RecordMode;
import io.offramp.offload.SessionInfo;
import io.offramp.offload.device.driver.counter.DeviceCounters;
import io.offramp.offload.device.driver.queue.DeviceChannel;
import org.jspecify.annotations.Nullable;

/**
 * Where a session lives.
 *
 * @param device what it shares with all others
 * @param channel queues of its event loop
 * @param target its connection
 */
public record SessionPlace(DeviceResources device, DeviceChannel channel, OffloadTarget target) {
    private static final String BACKEND = "device";

    /** Counters of the device. */
    public DeviceCounters counters() {
        return device.counters();
    }

    /** The connection's. */
    public ByteBufAllocator allocator() {
        return target.channel().alloc();
    }

    /**
     * How a session describes itself.
     *
     * @param context its objects on the device; null once it has none
     * @param softwareReason why it has none
     */
    public SessionInfo info(@Nullable Object context, String softwareReason) {
        return context == null
                ? new SessionInfo(BACKEND, RecordMode.SW, device.software().name() + ", " + softwareReason)
                : new SessionInfo(BACKEND, RecordMode.HW, context.toString());
    }

    /** The connection's. */
    public EventLoop eventLoop() {
        return target.channel().eventLoop();
    }
}
