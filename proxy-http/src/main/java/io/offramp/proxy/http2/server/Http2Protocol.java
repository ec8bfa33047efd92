package io.offramp.proxy.http2.server;

import io.offramp.proxy.http2.FieldDecoder;
import io.offramp.proxy.message.HeadLimits;
import io.offramp.proxy.upstream.UpstreamServer;
import io.offramp.proxy.upstream.pool.Protocol;
import io.offramp.proxy.upstream.pool.UpstreamLoop;
import io.offramp.proxy.upstream.transport.Transport;
import java.util.List;

/**
 * HTTP/2 towards servers, without negotiation: the transport is known to lead to a server that speaks it.
 *
 * @param limits of answers' heads
 */
public record Http2Protocol(HeadLimits limits) implements Protocol {
    @Override
    public boolean isShared() {
        return true;
    }

    @Override
    public List<String> alpn() {
        return List.of("h2");
    }

    @Override
    public void over(Transport transport, UpstreamServer server, UpstreamLoop loop, Result result) {
        Http2ServerConnection connection =
                new Http2ServerConnection(loop, server, transport, new FieldDecoder(limits), result);
        transport.handOver(connection.codec());
    }
}
