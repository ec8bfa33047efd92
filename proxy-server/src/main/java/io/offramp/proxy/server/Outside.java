package io.offramp.proxy.server;

import io.netty.channel.EventLoop;
import io.offramp.proxy.sockets.Inheritance;
import io.offramp.proxy.upstream.resolve.DnsNames;
import io.offramp.proxy.upstream.resolve.Names;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The world that a proxy serves and asks.
 *
 * @param clients that alone may connect; null for all
 * @param inheritance of the process before
 * @param dns of an event loop
 */
record Outside(@Nullable OwnClients clients, Inheritance inheritance, Function<EventLoop, Names> dns) {
    /** All clients, and the DNS of this machine. */
    static Outside usual(Inheritance inheritance) {
        return new Outside(null, inheritance, DnsNames::new);
    }

    /** Nobody but these. */
    static Outside only(OwnClients clients) {
        return new Outside(clients, Inheritance.none(), DnsNames::new);
    }
}
