package io.offramp.proxy.upstream.resolve;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;

/** Finds the addresses of names without blocking. */
public interface Names extends AutoCloseable {
    /** What was found. */
    sealed interface Answer {
        /** The time for which it may be used. */
        Duration ttl();
    }

    /**
     * Addresses of a name.
     *
     * @param addresses at least one, in order of preference
     */
    record Found(List<InetAddress> addresses, Duration ttl) implements Answer {
        /** Copies the list. */
        public Found {
            addresses = List.copyOf(addresses);
        }
    }

    /**
     * Servers of a service.
     *
     * @param targets at least one, in no order
     */
    record Service(List<ServiceTarget> targets, Duration ttl) implements Answer {
        /** Copies the list. */
        public Service {
            targets = List.copyOf(targets);
        }
    }

    /** Asks; a name without an address is a failure. */
    Future<Found> lookUp(String name);

    /**
     * Asks for SRV records; a service without a server is a failure.
     *
     * @param name the whole one
     */
    Future<Service> lookUpService(String name);

    /** Where results come. */
    EventLoop eventLoop();

    @Override
    void close();
}
