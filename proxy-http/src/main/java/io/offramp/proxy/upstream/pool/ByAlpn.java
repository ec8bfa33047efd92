package io.offramp.proxy.upstream.pool;

import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.tls.Negotiated;
import io.offramp.proxy.upstream.UpstreamServer;
import io.offramp.proxy.upstream.transport.Transport;
import java.net.ProtocolException;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The protocol that the server chooses by ALPN. Connections of both kinds are in one pool, where those of the second
 * have room for one lease.
 *
 * @param first preferred, and shared
 * @param second for servers that choose it, or nothing; null if only the first will do
 */
public record ByAlpn(Protocol first, @Nullable Protocol second) implements Protocol {
    @Override
    public boolean isShared() {
        return true;
    }

    @Override
    public List<String> alpn() {
        return second == null
                ? first.alpn()
                : Stream.concat(first.alpn().stream(), second.alpn().stream()).toList();
    }

    @Override
    public void over(Transport transport, UpstreamServer server, UpstreamLoop loop, Result result) {
        Connection session = transport.session();
        Negotiated tls = session == null ? null : session.tls();
        String chosen = tls == null ? null : tls.protocol();
        if (chosen != null && first.alpn().contains(chosen)) {
            first.over(transport, server, loop, result);
        } else if (second != null && (chosen == null || second.alpn().contains(chosen))) {
            second.over(transport, server, loop, result);
        } else {
            transport.close();
            result.onFailed(new ProtocolException(
                    chosen == null
                            ? "server chose no protocol by ALPN, "
                                    + first.alpn().getFirst() + " is needed"
                            : "server chose " + chosen + " by ALPN, "
                                    + first.alpn().getFirst() + " is needed"));
        }
    }
}
