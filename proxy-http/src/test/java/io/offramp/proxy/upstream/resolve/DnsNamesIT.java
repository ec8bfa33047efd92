package io.offramp.proxy.upstream.resolve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.resolver.dns.SingletonDnsServerAddressStreamProvider;
import io.netty.util.concurrent.Future;
import io.offramp.proxy.http1.Http1Protocol;
import io.offramp.proxy.message.HeadLimits;
import io.offramp.proxy.net.HostPort;
import io.offramp.proxy.upstream.UpstreamConfig;
import io.offramp.proxy.upstream.UpstreamEvents;
import io.offramp.proxy.upstream.UpstreamServer;
import io.offramp.proxy.upstream.UpstreamSettings;
import io.offramp.proxy.upstream.pool.Upstreams;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Lookups with a DNS server of the test's own. */
class DnsNamesIT {
    private static final String NAME = "app.offramp-test.example.";

    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final EventLoop loop = group.next();
    private NameServer dns;
    private Names names;

    @BeforeEach
    void start() throws Exception {
        dns = new NameServer();
        names = new DnsNames(loop, new SingletonDnsServerAddressStreamProvider(dns.address()));
    }

    @AfterEach
    void stop() {
        names.close();
        dns.close();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private Future<Names.Found> lookUp() {
        return loop.submit(() -> names.lookUp(NAME))
                .syncUninterruptibly()
                .getNow()
                .awaitUninterruptibly();
    }

    @Test
    void shouldFindAllAddressesAndTheirTime() {
        dns.addresses = List.of("127.0.0.3", "127.0.0.2");
        dns.ttl = 77;

        assertThat(lookUp().getNow())
                .isEqualTo(new Names.Found(
                        List.of(InetAddress.ofLiteral("127.0.0.3"), InetAddress.ofLiteral("127.0.0.2")),
                        Duration.ofSeconds(77)));
        dns.ttl = 78;
        assertThat(lookUp().getNow().ttl()).as("asks again").isEqualTo(Duration.ofSeconds(78));
    }

    @Test
    void shouldFailWhereTheNameIsUnknown() {
        dns.code = 3;

        assertThat(lookUp().isSuccess()).isFalse();
    }

    @Test
    void shouldFollowANameAndKeepTheLastGoodAnswer() {
        // Given
        dns.addresses = List.of("127.0.0.2");
        Upstreams upstreams = new Upstreams(
                Map.of("app", new UpstreamConfig("app", List.of(new HostPort(NAME, 80)))),
                spoken -> new Http1Protocol(HeadLimits.DEFAULTS),
                UpstreamSettings.DEFAULTS,
                name -> UpstreamEvents.NONE);
        UpstreamServer server =
                Objects.requireNonNull(upstreams.group("app")).servers().getFirst();
        try (NameWatches _ = NameWatches.start(upstreams, () -> names)) {
            await().untilAsserted(() -> assertThat(server.addresses()).containsExactly(address("127.0.0.2")));

            // When
            dns.addresses = List.of("127.0.0.4", "127.0.0.3");

            // Then
            await().untilAsserted(() ->
                    assertThat(server.addresses()).containsExactly(address("127.0.0.4"), address("127.0.0.3")));

            // When
            dns.code = 3;

            // Then
            int asked = dns.questions.get();
            await().untilAsserted(() -> assertThat(dns.questions).hasValueGreaterThan(asked + 1));
            assertThat(server.addresses()).hasSize(2);
        }
    }

    @Test
    void shouldAskBeforeTheTimeIsOverWhereAServerDoesNotAccept() {
        // Given
        dns.addresses = List.of("127.0.0.2");
        dns.ttl = 3600;
        Upstreams upstreams = new Upstreams(
                Map.of("app", new UpstreamConfig("app", List.of(new HostPort(NAME, 80)))),
                spoken -> new Http1Protocol(HeadLimits.DEFAULTS),
                UpstreamSettings.DEFAULTS,
                name -> UpstreamEvents.NONE);
        UpstreamServer server =
                Objects.requireNonNull(upstreams.group("app")).servers().getFirst();
        try (NameWatches _ = NameWatches.start(upstreams, () -> names)) {
            await().untilAsserted(() -> assertThat(server.addresses()).containsExactly(address("127.0.0.2")));
            dns.addresses = List.of("127.0.0.5");

            // When, Then
            await().untilAsserted(() -> {
                server.onFailed(new ConnectException("refused"), 1); // again and again
                assertThat(server.addresses()).containsExactly(address("127.0.0.5"));
            });
        }
    }

    private static InetSocketAddress address(String literal) {
        return new InetSocketAddress(InetAddress.ofLiteral(literal), 80);
    }
}
