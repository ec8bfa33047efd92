package io.offramp.proxy.flow;

import io.netty.util.concurrent.Ticker;
import java.util.concurrent.TimeUnit;

/** Time that passes only when a test says so. */
final class VirtualTime implements Ticker {
    long nowNs = TimeUnit.HOURS.toNanos(1);

    @Override
    public long initialNanoTime() {
        return 0;
    }

    @Override
    public long nanoTime() {
        return nowNs;
    }

    @Override
    public void sleep(long delay, TimeUnit unit) {
        nowNs += unit.toNanos(delay);
    }
}
