package io.offramp.proxy.upstream.resolve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.resolver.dns.SingletonDnsServerAddressStreamProvider;
import io.offramp.proxy.net.HostPort;
import io.offramp.proxy.net.ServiceName;
import io.offramp.proxy.upstream.ServerConfig;
import io.offramp.proxy.upstream.UpstreamConfig;
import io.offramp.proxy.upstream.UpstreamProtocol;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Services with a DNS server of the test's own. */
class ServicesIT {
    private static final ServiceName SERVICE = new ServiceName("_api._tcp.offramp-test.example");
    private static final ServerConfig STANDBY = new ServerConfig(new HostPort("127.0.0.9", 80), 3, ServerConfig.BACKUP);

    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final AtomicInteger changes = new AtomicInteger();
    private NameServer dns;
    private DnsNames names;
    private Services services;

    @BeforeEach
    void start() throws Exception {
        dns = new NameServer();
        names = new DnsNames(group.next(), new SingletonDnsServerAddressStreamProvider(dns.address()));
        services = new Services(() -> names);
        services.onChange(changes::incrementAndGet);
    }

    @AfterEach
    void stop() {
        services.close();
        dns.close();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private static Map<String, UpstreamConfig> configured(ServerConfig... servers) {
        return Map.of(
                "api",
                new UpstreamConfig("api", UpstreamProtocol.HTTP1, List.of(SERVICE)).withServers(List.of(servers)));
    }

    private List<ServerConfig> servers(ServerConfig... configured) {
        return Objects.requireNonNull(services.expand(configured(configured)).get("api"))
                .servers();
    }

    @Test
    void shouldFindTheServersOfAService() {
        dns.servers = List.of(
                new NameServer.Srv(10, 60, 8080, "one.example."),
                new NameServer.Srv(65_535, 0, 65_535, "two.example."));
        dns.ttl = 77;

        Names.Service found = group.submit(() -> names.lookUpService(SERVICE.name()))
                .syncUninterruptibly()
                .getNow()
                .syncUninterruptibly()
                .getNow();

        assertThat(found)
                .isEqualTo(new Names.Service(
                        List.of(
                                new ServiceTarget(new HostPort("one.example", 8080), 10, 60),
                                new ServiceTarget(new HostPort("two.example", 65_535), 65_535, 0)),
                        Duration.ofSeconds(77)));
    }

    @Test
    void shouldLeaveOutARecordThatNamesNoServer() {
        dns.servers = List.of(
                new NameServer.Srv(0, 1, 80, "a.example."),
                new NameServer.Srv(0, 1, 0, "old.example."),
                new NameServer.Srv(0, 1, 80, "b$.example."),
                new NameServer.Srv(0, 1, 80, "c.example."));

        assertThat(servers(new ServerConfig(SERVICE)))
                .extracting(each -> each.address().toString())
                .containsExactly("a.example:80", "c.example:80");
    }

    @Test
    void shouldKeepAServerUntilThreeAnswersLackIt() {
        // Given
        ServerConfig service = new ServerConfig(SERVICE);
        NameServer.Srv a = new NameServer.Srv(0, 1, 80, "a.example.");
        NameServer.Srv b = new NameServer.Srv(0, 1, 80, "b.example.");
        dns.servers = List.of(a, b);
        assertThat(servers(service)).hasSize(2);

        // When, Then: parts of the whole, two times each
        for (List<NameServer.Srv> part : List.of(List.of(a), List.of(b), List.of(a))) {
            dns.servers = part;
            int asked = dns.questions.get();
            await().until(() -> dns.questions.get() > asked);
            assertThat(servers(service)).hasSize(2);
        }
        assertThat(changes).hasValue(1);

        // Then: one is gone
        await().untilAsserted(() ->
                assertThat(servers(service)).containsExactly(new ServerConfig(new HostPort("a.example", 80), 1, 0)));
        await().untilAsserted(() -> assertThat(changes).hasValue(2));
    }

    @Test
    void shouldPutServersInThePlaceOfAService() {
        dns.servers = List.of(
                new NameServer.Srv(200, 0, 80, "c.example."),
                new NameServer.Srv(20, 10, 80, "b.example."),
                new NameServer.Srv(20, 60, 8080, "a.example."));

        assertThat(servers(new ServerConfig(SERVICE), STANDBY))
                .containsExactly(
                        new ServerConfig(new HostPort("a.example", 8080), 60, 0),
                        new ServerConfig(new HostPort("b.example", 80), 10, 0),
                        new ServerConfig(new HostPort("c.example", 80), 1, 1),
                        STANDBY);
        assertThat(servers(new ServerConfig(SERVICE, 1, ServerConfig.BACKUP)))
                .extracting(ServerConfig::priority)
                .containsOnly(ServerConfig.BACKUP);
    }

    @Test
    void shouldFollowAServiceAndKeepTheLastGoodAnswer() {
        // Given
        ServerConfig service = new ServerConfig(SERVICE);
        dns.servers = List.of(new NameServer.Srv(0, 1, 80, "a.example."));
        assertThat(servers(service)).containsExactly(new ServerConfig(new HostPort("a.example", 80), 1, 0));
        await().untilAsserted(() -> assertThat(changes).hasValue(1)); // told behind the answer

        // When
        dns.servers = List.of(new NameServer.Srv(0, 1, 80, "b.example."), new NameServer.Srv(0, 1, 80, "a.example."));

        // Then
        await().untilAsserted(() -> assertThat(changes).hasValue(2));
        assertThat(servers(service)).hasSize(2);

        // When
        dns.servers = List.of(new NameServer.Srv(0, 0, 0, "."));
        int asked = dns.questions.get();
        await().untilAsserted(() -> assertThat(dns.questions).hasValueGreaterThan(asked + 1));
        dns.code = 3;
        int askedAgain = dns.questions.get();
        await().untilAsserted(() -> assertThat(dns.questions).hasValueGreaterThan(askedAgain + 1));

        // Then
        assertThat(servers(service)).hasSize(2);
        assertThat(changes).hasValue(2);
    }

    @Test
    void shouldLeaveAServiceWithoutAnAnswerAsItIs() {
        // Given
        dns.code = 3;
        ServerConfig service = new ServerConfig(SERVICE);

        // When, Then
        assertThat(servers(service)).containsExactly(service);
        dns.code = 0;
        dns.servers = List.of(new NameServer.Srv(0, 1, 80, "a.example."));
        await().untilAsserted(() -> assertThat(servers(service)).doesNotContain(service));
    }

    @Test
    void shouldAskNoMoreForAServiceThatNobodyUses() {
        // Given
        dns.servers = List.of(new NameServer.Srv(0, 1, 80, "a.example."));
        servers(new ServerConfig(SERVICE));

        // When
        services.keep(configured(STANDBY).values());

        // Then
        dns.servers = List.of(new NameServer.Srv(0, 1, 80, "b.example."));
        assertThat(servers(new ServerConfig(SERVICE))) // looked up anew, at once
                .containsExactly(new ServerConfig(new HostPort("b.example", 80), 1, 0));
    }
}
