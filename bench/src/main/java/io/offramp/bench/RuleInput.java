package io.offramp.bench;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.record.ProtocolVersion;
import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.http1.Http1Protocol;
import io.offramp.proxy.message.ClientFields;
import io.offramp.proxy.message.HeadLimits;
import io.offramp.proxy.message.HeadWriter;
import io.offramp.proxy.message.RequestHead;
import io.offramp.proxy.net.Cidr;
import io.offramp.proxy.rule.FieldChange;
import io.offramp.proxy.rule.RequestEdits;
import io.offramp.proxy.rule.RouteMatch;
import io.offramp.proxy.rule.RuleRequest;
import io.offramp.proxy.rule.Template;
import io.offramp.proxy.tls.ClientIdentity;
import io.offramp.proxy.tls.Negotiated;
import io.offramp.proxy.upstream.UpstreamEvents;
import io.offramp.proxy.upstream.UpstreamSettings;
import io.offramp.proxy.upstream.pool.UpstreamLoop;
import io.offramp.proxy.upstream.pool.Upstreams;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The requests of a client with TLS and a certificate, as routes and rules see them. */
final class RuleInput implements AutoCloseable {
    private static final InetSocketAddress ADDRESS = new InetSocketAddress("10.0.0.1", 1);

    private final Connection connection = secured();
    private final ClientFields client = ClientFields.of(connection, List.of(Cidr.parse("10.0.0.0/8")));
    private final EventLoop loop = new DefaultEventLoop();
    private final UpstreamLoop servers = new Upstreams(
                    Map.of(),
                    spoken -> new Http1Protocol(HeadLimits.DEFAULTS),
                    UpstreamSettings.DEFAULTS,
                    name -> UpstreamEvents.NONE)
            .on(loop);

    private static Connection secured() {
        Connection made = new Connection(1, "bench", ADDRESS, ADDRESS);
        ClientIdentity alice =
                new ClientIdentity("CN=Alice", "CN=Bench CA", "1", "00", Instant.MAX, List.of(new byte[] {0}));
        made.onHandshaken(new Negotiated(
                ProtocolVersion.TLS_1_3,
                AeadSuite.AES_128_GCM,
                "TLS_AES_128_GCM_SHA256",
                "x25519",
                "bench.example",
                "http/1.1",
                false,
                16_384,
                alice));
        return made;
    }

    /** What is known of the client. */
    ClientFields client() {
        return client;
    }

    /** The head of a request with one more field. */
    static RequestHead head(String target, String name, String value) {
        return HeadWriter.request("GET", target)
                .field("Host", "bench.example")
                .field("User-Agent", "bench/1.0")
                .field("Accept", "*/*")
                .field("Cookie", "session=0123456789abcdef")
                .field(name, value)
                .completeRequest();
    }

    /** A request that no rule has changed yet. */
    RuleRequest ruled(RequestHead head, RouteMatch route) {
        return new RuleRequest(
                head, route, client, connection, servers, PooledByteBufAllocator.DEFAULT, new RequestEdits());
    }

    /** Two fields set, one removed. */
    static List<FieldChange> changes() {
        return List.of(
                new FieldChange.Remove("Cookie"),
                new FieldChange.Set("X-One", Template.parse("{client}", Set.of())),
                new FieldChange.Set("X-Two", Template.parse("{scheme}://{host}{path}", Set.of())));
    }

    @Override
    public void close() {
        loop.shutdownGracefully();
    }
}
