package io.offramp.proxy.server;

import io.offramp.proxy.config.ListenerConfig;
import io.offramp.proxy.config.ProxyConfig;
import io.offramp.proxy.generation.ListenerKey;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnresolvedAddressException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tries the addresses that a reload would open. Its sockets are bound and closed and never listen, so no client gets a
 * connection that nobody serves.
 */
final class BindTrial {
    private BindTrial() {}

    /** A line for each listener that only the next configuration has and whose address cannot be bound. Blocks. */
    static List<String> problems(ProxyConfig running, ProxyConfig next) {
        Set<ListenerKey> open = GenerationMaker.keys(running).keySet();
        List<String> problems = new ArrayList<>();
        GenerationMaker.keys(next).forEach((key, listener) -> {
            String problem = open.contains(key) ? null : problem(listener);
            if (problem != null) {
                problems.add(problem);
            }
        });
        return problems;
    }

    /** With the options of a listener: connections of before that linger in TIME_WAIT are no hindrance. */
    private static @Nullable String problem(ListenerConfig listener) {
        InetSocketAddress address = listener.bind().resolve();
        boolean isIpv6 = address.getAddress() instanceof Inet6Address;
        try (SocketChannel socket =
                SocketChannel.open(isIpv6 ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET)) {
            socket.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            socket.setOption(StandardSocketOptions.SO_REUSEPORT, listener.reusePort());
            socket.bind(address);
            return null;
        } catch (IOException | UnresolvedAddressException | UnsupportedOperationException e) { // the last: no IPv6
            return BindFailure.text(listener.bind(), e);
        }
    }
}
