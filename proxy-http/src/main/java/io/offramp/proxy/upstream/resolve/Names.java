package io.offramp.proxy.upstream.resolve;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;

/** Finds the addresses of names without blocking. */
public interface Names extends AutoCloseable {
    /**
     * An answer.
     *
     * @param addresses at least one, in order of preference
     * @param ttl for which it may be used
     */
    record Found(List<InetAddress> addresses, Duration ttl) {
        /** Copies the list. */
        public Found {
            addresses = List.copyOf(addresses);
        }
    }

    /** Asks; a name without an address is a failure. */
    Future<Found> lookUp(String name);

    /** Where results come. */
    EventLoop eventLoop();

    @Override
    void close();
}
