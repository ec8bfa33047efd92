package io.offramp.offload.device.driver.session;

import io.netty.channel.EventLoop;

/** A session that the device works for. It must know when the device goes down. */
public interface LiveSession {
    /** Where it lives. */
    EventLoop eventLoop();

    /** NETDEV_DOWN, on the event loop. */
    void onDeviceDown();
}
