package io.offramp.proxy.flow;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoRegistration;

/** Channels are polled by {@link Handlers}. */
final class NoIo implements IoHandler {
    @Override
    public int run(IoHandlerContext context) {
        return 0;
    }

    @Override
    public IoRegistration register(IoHandle handle) {
        throw new IllegalArgumentException("no handles here: " + handle);
    }

    @Override
    public void wakeup() {}

    @Override
    public boolean isCompatible(Class<? extends IoHandle> type) {
        return false;
    }
}
