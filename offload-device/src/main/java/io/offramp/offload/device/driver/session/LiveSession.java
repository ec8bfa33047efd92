package io.offramp.offload.device.driver.session;

import io.netty.channel.EventLoop;

/** A session that the device works for and that has to be told when it does not any more. */
public interface LiveSession {
    /** Where it lives. */
    EventLoop eventLoop();

    /** NETDEV_DOWN, on the event loop. */
    void onDeviceDown();
}
