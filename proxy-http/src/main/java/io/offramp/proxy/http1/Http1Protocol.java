package io.offramp.proxy.http1;

import io.offramp.proxy.message.HeadLimits;
import io.offramp.proxy.upstream.UpstreamServer;
import io.offramp.proxy.upstream.pool.Protocol;
import io.offramp.proxy.upstream.pool.UpstreamLoop;
import io.offramp.proxy.upstream.transport.Transport;
import java.util.List;

/**
 * HTTP/1.1 towards servers.
 *
 * @param limits of answers' heads
 */
public record Http1Protocol(HeadLimits limits) implements Protocol {
    @Override
    public boolean isShared() {
        return false;
    }

    @Override
    public List<String> alpn() {
        return List.of("http/1.1");
    }

    @Override
    public void over(Transport transport, UpstreamServer server, UpstreamLoop loop, Result result) {
        MessageReader reader = MessageReader.ofAnswers(limits.requestLineBytes(), limits.headBytes());
        ServerConnection connection = new ServerConnection(loop, server, transport, reader);
        transport.listener(connection);
        result.onOpened(connection);
    }
}
