package io.offramp.proxy.http1;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.netty.util.concurrent.Ticker;
import io.offramp.proxy.exchange.AccessEntry;
import io.offramp.proxy.exchange.HttpSettings;
import io.offramp.proxy.net.Cidr;
import io.offramp.proxy.net.HostPort;
import io.offramp.proxy.upstream.UpstreamConfig;
import io.offramp.proxy.upstream.UpstreamLimits;
import io.offramp.proxy.upstream.UpstreamServer;
import io.offramp.proxy.upstream.balance.BalanceConfig;
import io.offramp.proxy.upstream.balance.HashKey;
import io.offramp.proxy.upstream.balance.Policy;
import io.offramp.proxy.upstream.health.CheckConfig;
import io.offramp.proxy.upstream.health.CheckConfig.Probe;
import io.offramp.proxy.upstream.health.HealthConfig;
import io.offramp.proxy.upstream.health.OutlierConfig;
import io.offramp.proxy.upstream.health.ServerState;
import io.offramp.proxy.upstream.probe.HealthChecks;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Several servers, some of which are not well. */
class BalancingIT {
    private static final Duration SOON = Duration.ofMillis(100);
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private final List<Server> servers = new ArrayList<>();

    private static final class Server implements AutoCloseable {
        final HttpServer http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        final AtomicInteger requests = new AtomicInteger();
        final AtomicInteger checks = new AtomicInteger();
        volatile int status = 200;
        volatile int health = 200;

        Server() throws IOException {
            http.createContext("/", exchange -> {
                boolean check = exchange.getRequestURI().getPath().equals("/healthz");
                (check ? checks : requests).incrementAndGet();
                byte[] body = name().getBytes(US_ASCII);
                exchange.sendResponseHeaders(check ? health : status, body.length);
                exchange.getResponseBody().write(body);
                exchange.close();
            });
            http.start();
        }

        HostPort address() {
            return new HostPort("127.0.0.1", http.getAddress().getPort());
        }

        String name() {
            return address().toString();
        }

        @Override
        public void close() {
            http.stop(0);
        }
    }

    private UpstreamConfig start(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            servers.add(new Server());
        }
        return new UpstreamConfig("app", servers.stream().map(Server::address).toList());
    }

    @AfterEach
    void stop() {
        servers.forEach(Server::close);
    }

    private static HealthConfig checks() {
        Probe probe = new Probe.Http("/healthz", null, 200, 299);
        return new HealthConfig(new CheckConfig(probe, SOON, TIMEOUT, 2, 2, 10), OutlierConfig.OFF);
    }

    private static UpstreamServer server(ProxyFixture proxy, int index) {
        return Objects.requireNonNull(proxy.upstreams().group("app")).servers().get(index);
    }

    private static ServerState state(ProxyFixture proxy, int index) {
        return server(proxy, index).health().standing().state();
    }

    private static Map<String, Integer> ask(ProxyFixture proxy, int requests) throws IOException {
        Map<String, Integer> answers = new HashMap<>();
        for (int i = 0; i < requests; i++) {
            Wire.Answer answer = get(proxy, "");
            answers.merge(answer.status() == 200 ? answer.body() : "" + answer.status(), 1, Integer::sum);
        }
        return answers;
    }

    private static Wire.Answer get(ProxyFixture proxy, String fields) throws IOException {
        return proxy.ask("GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n");
    }

    @Test
    void shouldShareRequestsAmongAllServers() throws Exception {
        try (ProxyFixture proxy = ProxyFixture.of(start(5))) {
            assertThat(ask(proxy, 200)).hasSize(5);
            assertThat(server(proxy, 0).requests().requests())
                    .isEqualTo(servers.getFirst().requests.get());
            await().untilAsserted(() ->
                    assertThat(server(proxy, 0).requests().active()).isZero());
        }
    }

    @Test
    void shouldGiveAServerThatIsDownNothingButItsChecks() throws Exception {
        UpstreamConfig config = start(3).with(checks());
        Server sick = servers.get(1);
        sick.health = 503;
        try (ProxyFixture proxy = ProxyFixture.of(config);
                HealthChecks _ = HealthChecks.start(proxy.upstreams(), proxy::loop)) {
            // Given
            await().untilAsserted(() -> assertThat(state(proxy, 1)).isEqualTo(ServerState.DOWN));
            assertThat(server(proxy, 1).health().standing().why()).isEqualTo("check: status 503");

            // When
            int checked = sick.checks.get();
            assertThat(ask(proxy, 60)).doesNotContainKey(sick.name()).hasSize(2);

            // Then
            assertThat(sick.requests).hasValue(0);
            await().untilAsserted(() -> assertThat(sick.checks).hasValueGreaterThan(checked));
            sick.health = 200;
            await().untilAsserted(() -> assertThat(state(proxy, 1)).isEqualTo(ServerState.UP));
            assertThat(ask(proxy, 60)).containsKey(sick.name());
        }
    }

    @Test
    void shouldSeeThatAServerIsGoneAndBackByChecksAlone() throws Exception {
        UpstreamConfig config = start(2).with(checks());
        try (ProxyFixture proxy = ProxyFixture.of(config);
                HealthChecks _ = HealthChecks.start(proxy.upstreams(), proxy::loop)) {
            await().untilAsserted(() -> assertThat(servers.get(0).checks).hasValueGreaterThan(1));

            servers.get(0).close();

            await().untilAsserted(() -> assertThat(state(proxy, 0)).isEqualTo(ServerState.DOWN));
            assertThat(ask(proxy, 20)).containsOnlyKeys(servers.get(1).name());
        }
    }

    @Test
    void shouldAnswerEveryRequestWhileAServerDies() throws Exception {
        UpstreamConfig config = start(5);
        try (ProxyFixture proxy = ProxyFixture.of(config)) {
            assertThat(ask(proxy, 100)).hasSize(5);

            servers.get(2).close();

            assertThat(ask(proxy, 300).values().stream().mapToInt(i -> i).sum()).isEqualTo(300);
            assertThat(ask(proxy, 100)).doesNotContainKeys(servers.get(2).name(), "502", "503");
            assertThat(state(proxy, 2)).isEqualTo(ServerState.UNREACHABLE);
        }
    }

    @Test
    void shouldLetAServerRestWhoseAnswersAreFaults() throws Exception {
        UpstreamConfig config = start(3).with(new HealthConfig(
                CheckConfig.NONE, new OutlierConfig(5, Duration.ofMinutes(5), Duration.ofMinutes(5), 50)));
        servers.get(0).status = 500;
        try (ProxyFixture proxy = ProxyFixture.of(config)) {
            assertThat(ask(proxy, 200)).containsEntry("500", 5);
            assertThat(state(proxy, 0)).isEqualTo(ServerState.EJECTED);
            assertThat(server(proxy, 0).requests().faults()).isEqualTo(5);
        }
    }

    @Test
    void shouldTryNoRequestAgainWhereTheBudgetIsSpent() throws Exception {
        UpstreamConfig config = start(2).with(new UpstreamLimits(0, 0));
        servers.get(0).close();
        try (ProxyFixture proxy = ProxyFixture.of(config)) {
            Map<String, Integer> answers = ask(proxy, 50);

            assertThat(answers).containsKey("502").containsKey(servers.get(1).name());
            assertThat(proxy.log())
                    .extracting(AccessEntry::abort)
                    .filteredOn(Objects::nonNull)
                    .allMatch(each -> each.endsWith("; too many requests were tried again lately"));
        }
    }

    @Test
    void shouldGiveAServerNoMoreRequestsThanItMayHave() throws Exception {
        UpstreamConfig config = start(1).with(new UpstreamLimits(1, 20));
        try (ProxyFixture proxy = ProxyFixture.of(config)) {
            server(proxy, 0).onBegin(Ticker.systemTicker());
            assertThat(ask(proxy, 1)).containsOnlyKeys("503");

            server(proxy, 0).onEnd();
            assertThat(ask(proxy, 1)).containsOnlyKeys(servers.get(0).name());
        }
    }

    @Test
    void shouldDrainAServerByCommand() throws Exception {
        try (ProxyFixture proxy = ProxyFixture.of(start(2))) {
            server(proxy, 0).health().drain(true, 1);
            assertThat(ask(proxy, 50)).containsOnlyKeys(servers.get(1).name());

            server(proxy, 1).health().drain(true, 1);
            assertThat(ask(proxy, 5)).containsOnlyKeys("503");

            server(proxy, 0).health().drain(false, 1);
            assertThat(ask(proxy, 5)).containsOnlyKeys(servers.get(0).name());
        }
    }

    @Test
    void shouldChooseByTheClientThatATrustedProxyNamesAndByNoOther() throws Exception {
        ProxyFixture.Settings settings = new ProxyFixture.Settings();
        BalanceConfig byAddress = new BalanceConfig(new Policy.Hash(new HashKey.Address()), Duration.ZERO, 0);
        settings.upstreams = Map.of("app", start(5).with(byAddress));
        try (ProxyFixture proxy = new ProxyFixture(settings)) {
            assertThat(Set.copyOf(serversOf(proxy).values())).as("for one peer").hasSize(1);
        }

        settings.http = HttpSettings.builder()
                .trustedProxies(List.of(Cidr.parse("127.0.0.0/8")))
                .build();
        try (ProxyFixture proxy = new ProxyFixture(settings)) {
            Map<String, String> first = serversOf(proxy);
            assertThat(Set.copyOf(first.values())).as("for 20 clients").hasSizeGreaterThan(1);
            assertThat(serversOf(proxy)).isEqualTo(first);
        }
    }

    /** By the addresses of 20 clients behind a proxy. */
    private static Map<String, String> serversOf(ProxyFixture proxy) throws IOException {
        Map<String, String> chosen = new HashMap<>();
        for (int i = 1; i <= 20; i++) {
            String client = "203.0.113." + i;
            chosen.put(client, get(proxy, "X-Forwarded-For: " + client + "\r\n").body());
        }
        return chosen;
    }

    @Test
    void shouldBringAClientBackToItsServerByACookie() throws Exception {
        UpstreamConfig config = start(5).with(new BalanceConfig(new Policy.Sticky("srv"), Duration.ZERO, 0));
        try (ProxyFixture proxy = ProxyFixture.of(config)) {
            // Given
            Wire.Answer first = get(proxy, "");
            String cookie = Objects.requireNonNull(first.field("set-cookie"));
            assertThat(cookie).matches("srv=[0-9a-f]{16}; Path=/; HttpOnly; SameSite=Lax");
            String sent = "Cookie: a=b; " + cookie.substring(0, cookie.indexOf(';')) + "\r\n";

            // Then
            for (int i = 0; i < 30; i++) {
                Wire.Answer next = get(proxy, sent);
                assertThat(next.body()).isEqualTo(first.body());
                assertThat(next.head()).doesNotContainIgnoringCase("set-cookie");
            }
            for (String bad : new String[] {"srv=", "srv=zz", "srv=00000000000000000000", "srv=0000000000000000"}) {
                assertThat(get(proxy, "Cookie: " + bad + "\r\n").field("set-cookie"))
                        .startsWith("srv=");
            }
        }
    }
}
