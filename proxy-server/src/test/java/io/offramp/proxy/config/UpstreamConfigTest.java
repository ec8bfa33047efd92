package io.offramp.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.proxy.net.HostPort;
import io.offramp.proxy.net.ServiceName;
import io.offramp.proxy.net.proxyprotocol.ProxyVersion;
import io.offramp.proxy.upstream.ExchangeBounds;
import io.offramp.proxy.upstream.QueueConfig;
import io.offramp.proxy.upstream.RetryConfig;
import io.offramp.proxy.upstream.RetryConfig.Cause;
import io.offramp.proxy.upstream.ServerConfig;
import io.offramp.proxy.upstream.UpstreamConfig;
import io.offramp.proxy.upstream.UpstreamLimits;
import io.offramp.proxy.upstream.balance.BalanceConfig;
import io.offramp.proxy.upstream.balance.HashKey;
import io.offramp.proxy.upstream.balance.Policy;
import io.offramp.proxy.upstream.health.CheckConfig;
import io.offramp.proxy.upstream.health.CheckConfig.Probe;
import io.offramp.proxy.upstream.health.HealthConfig;
import io.offramp.proxy.upstream.health.OutlierConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code balance} and {@code health} of an upstream. */
class UpstreamConfigTest {
    private static final String LISTENER =
            "listeners: [{bind: ':8443', tls: {cert: site.pem}, upstream: app}]\nupstreams:\n  app: ";

    @TempDir
    private Path directory;

    private ConfigFile file;

    @BeforeEach
    void makeCertificate() throws IOException {
        file = new ConfigFile(directory);
    }

    private UpstreamConfig app(String upstream) throws IOException {
        return Objects.requireNonNull(
                file.loaded(LISTENER + upstream + "\n").upstreams().get("app"));
    }

    private BalanceConfig balance(String text) throws IOException {
        return app("{servers: ['a:1'], balance: " + text + "}").balance();
    }

    private HealthConfig health(String text) throws IOException {
        return app("{servers: ['a:1'], health: " + text + "}").health();
    }

    private HealthConfig grpc(String text) throws IOException {
        return app("{servers: ['a:1'], protocol: h2c, health: " + text + "}").health();
    }

    @Test
    void shouldSayThatThePortIsMissing() throws IOException {
        assertThat(file.problems("listeners: [{bind: ':1', tls: {cert: site.pem}, upstream: 127.0.0.1}]\n"))
                .containsExactly("offramp.yaml:1:59: listeners[0].upstream: port missing: a server is host:port, such "
                        + "as 127.0.0.1:8080");
    }

    @Test
    void shouldReadServersInBothForms() throws IOException {
        String servers =
                "[{address: 'a:1', weight: 3}, 'b:1', {address: 'c:1', priority: 2}, {address: 'd:1', backup: true}]";
        assertThat(app(servers).servers())
                .containsExactly(
                        new ServerConfig(new HostPort("a", 1), 3, 0),
                        new ServerConfig(new HostPort("b", 1), 1, 0),
                        new ServerConfig(new HostPort("c", 1), 1, 2),
                        new ServerConfig(new HostPort("d", 1), 1, ServerConfig.BACKUP));
    }

    @Test
    void shouldReadServices() throws IOException {
        assertThat(app("['srv:_api._tcp.example.com', {address: 'srv:api.service.consul', backup: true}]")
                        .servers())
                .containsExactly(
                        new ServerConfig(new ServiceName("_api._tcp.example.com")),
                        new ServerConfig(new ServiceName("api.service.consul"), 1, ServerConfig.BACKUP));
        assertThat(file.loaded("listeners: [{bind: ':1', tls: {cert: site.pem}, upstream: 'srv:_a._tcp.test'}]\n")
                        .upstreams())
                .containsOnlyKeys("srv:_a._tcp.test");
        assertThat(file.problems(LISTENER + "{servers: [{address: 'srv:_a._tcp.test', weight: 2, priority: 1}]}\n"))
                .containsExactly(
                        "offramp.yaml:3:57: upstreams.app.servers[0].weight: each SRV record has its own weight",
                        "offramp.yaml:3:70: upstreams.app.servers[0].priority: each SRV record has its own priority");
        assertThat(file.problems(LISTENER + "{servers: ['srv:_a'], tls: {verify: none}}\n"))
                .contains("offramp.yaml:3:19: upstreams.app.servers[0]: expected a name such as "
                        + "srv:_api._tcp.example.com, is \"srv:_a\"");
        assertThat(file.problems(LISTENER + "{servers: ['srv:_a._tcp.test'], tls: {verify: none}}\n"))
                .containsExactly("offramp.yaml:3:18: upstreams.app.servers: the TLS of a service needs \"server-name\":"
                        + " SRV records can name any host");
        assertThat(app("{servers: ['srv:_a._tcp.test'], tls: {verify: none, server-name: a.test}}")
                        .servers())
                .hasSize(1);
    }

    @Test
    void shouldReadPolicies() throws IOException {
        assertThat(app("['a:1']").balance()).isEqualTo(BalanceConfig.DEFAULTS);
        assertThat(balance("round-robin").policy()).isEqualTo(new Policy.RoundRobin());
        assertThat(balance("sticky").policy()).isEqualTo(new Policy.Sticky("offramp-server"));
        assertThat(balance("{policy: sticky, cookie: srv}").policy()).isEqualTo(new Policy.Sticky("srv"));
        assertThat(balance("{policy: hash, key: header:X-User}").policy())
                .isEqualTo(new Policy.Hash(new HashKey.Header("x-user")));
        assertThat(balance("{policy: hash, key: cookie:ID}").policy())
                .isEqualTo(new Policy.Hash(new HashKey.Cookie("ID")));
        assertThat(balance("{policy: random, slow-start: 30s, panic: 40%}"))
                .isEqualTo(new BalanceConfig(new Policy.Random(), Duration.ofSeconds(30), 40));
    }

    @Test
    void shouldReadHealth() throws IOException {
        assertThat(app("['a:1']").health()).isEqualTo(HealthConfig.DEFAULTS);
        assertThat(health("{check: tcp}").check().probe()).isEqualTo(new Probe.Tcp());
        assertThat(health("{check: http}").check().probe()).isEqualTo(new Probe.Http("/", null, 200, 399));
        assertThat(health("{check: {path: /up?x, host: app.test, status: 204, interval: 5s, timeout: 1s, rise: 4, "
                                + "fall: 5, jitter: 0%}}")
                        .check())
                .isEqualTo(new CheckConfig(
                        new Probe.Http("/up?x", "app.test", 204, 204),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(1),
                        4,
                        5,
                        0));
        assertThat(grpc("{check: grpc}").check().probe()).isEqualTo(new Probe.Grpc("", null));
        assertThat(grpc("{check: {kind: grpc, service: shop.v1.Orders, host: shop.test}}")
                        .check()
                        .probe())
                .isEqualTo(new Probe.Grpc("shop.v1.Orders", "shop.test"));
        assertThat(health("{outliers: {errors: 3, rest: 10s, most: 1m, share: 20%}}")
                        .outliers())
                .isEqualTo(new OutlierConfig(3, Duration.ofSeconds(10), Duration.ofMinutes(1), 20));
    }

    @Test
    void shouldReadTheServerNameOfACheckInTlsOnly() throws IOException {
        String check = "health: {check: {kind: tcp, server-name: %s}}}\n";

        assertThat(app("{servers: ['a:1'], tls: {verify: none}, " + check.formatted("node.test"))
                        .health()
                        .check()
                        .serverName())
                .isEqualTo("node.test");
        assertThat(app("{servers: ['https://a'], " + check.formatted("'::1'"))
                        .health()
                        .check()
                        .serverName())
                .isEqualTo("::1");
        assertThat(file.problems(LISTENER + "{servers: ['https://a'], " + check.formatted("node.test:443")))
                .containsExactly("offramp.yaml:3:74: upstreams.app.health.check.server-name: expected a host name or "
                        + "an address, is \"node.test:443\"");
        assertThat(file.problems(LISTENER + "{servers: ['a:1'], " + check.formatted("node.test")))
                .containsExactly("offramp.yaml:3:68: upstreams.app.health.check.server-name: needs \"tls\" of the "
                        + "upstream, or https:// in front of its servers");
    }

    @Test
    void shouldRefuseGrpcChecksOverHttp1AndWhatOtherKindsHave() throws IOException {
        String listeners = "listeners: [{bind: ':1', tls: {cert: site.pem}, upstream: app}]\n";
        assertThat(file.problems(listeners + "upstreams: {app: {servers: ['a:1'], health: {check: grpc}}}\n"))
                .containsExactly("offramp.yaml:2:53: upstreams.app.health.check: grpc needs HTTP/2: write "
                        + "\"protocol: h2c\", or h2 with TLS");
        assertThat(file.problems(listeners + "upstreams: {app: {servers: ['a:1'], protocol: h2c, "
                        + "health: {check: {kind: grpc, path: /x}}}}\n"))
                .anyMatch(each -> each.contains("check.path: only a check of the kind http has it"));
        assertThat(file.problems(listeners + "upstreams: {app: {servers: ['a:1'], "
                        + "health: {check: {kind: http, service: a.B}}}}\n"))
                .anyMatch(each -> each.contains("check.service: only a check of the kind grpc has it"));
    }

    @Test
    void shouldReadLimits() throws IOException {
        assertThat(app("['a:1']").limits()).isEqualTo(UpstreamLimits.DEFAULTS);
        assertThat(app("{servers: ['a:1'], limits: {requests: 7, connections: 8, retries: 0%}}")
                        .limits())
                .isEqualTo(new UpstreamLimits(7, 0).withConnections(8));
    }

    @Test
    void shouldReadBoundsOfExchanges() throws IOException {
        String timeouts = "timeouts: {connect: 1s, answer: 2s, total: 0s, tunnel: 3s}";

        assertThat(app("{servers: ['a:1'], limits: {body: 1m}, " + timeouts + "}")
                        .limits())
                .isEqualTo(UpstreamLimits.DEFAULTS
                        .with(Duration.ofSeconds(1))
                        .with(new ExchangeBounds(2_000_000_000, ExchangeBounds.UNSET, 0, 3_000_000_000L, 1 << 20)));
        assertThat(file.problems(LISTENER + "{servers: ['a:1'], timeouts: {answer: 0s, idle: 1s}}\n"))
                .containsExactly(
                        "offramp.yaml:3:46: upstreams.app.timeouts.answer: must be at least 1ms, is 0s",
                        "offramp.yaml:3:50: upstreams.app.timeouts.idle: unknown key; known are connect, answer, "
                                + "pause, total, tunnel");
    }

    @Test
    void shouldReadAQueue() throws IOException {
        assertThat(app("{servers: ['a:1'], queue: {size: 7, timeout: 300ms}}").limits())
                .isEqualTo(UpstreamLimits.DEFAULTS.with(new QueueConfig(7, Duration.ofMillis(300))));
        assertThat(app("{servers: ['a:1'], queue: {}}").limits().queue()).isEqualTo(QueueConfig.DEFAULTS);
        assertThat(file.problems(LISTENER + "{servers: ['a:1'], queue: {size: -1, timeout: 0s, sise: 1}}\n"))
                .containsExactly(
                        "offramp.yaml:3:41: upstreams.app.queue.size: must be 0 to 1000000, is -1",
                        "offramp.yaml:3:54: upstreams.app.queue.timeout: must be at least 1ms, is 0s",
                        "offramp.yaml:3:58: upstreams.app.queue.sise: unknown key, did you mean \"size\"?");
    }

    @Test
    void shouldReadFurtherAttempts() throws IOException {
        assertThat(app("{servers: ['a:1'], retry: {on: [connect, reset, 502], methods: [GET], attempts: 3, body: 4k}}")
                        .limits()
                        .retry())
                .isEqualTo(new RetryConfig(Set.of(Cause.CONNECT, Cause.RESET), Set.of(502), Set.of("GET"), 3, 4096));
        assertThat(app("{servers: ['a:1'], retry: {on: []}}").limits().retry().causes())
                .isEmpty();
        assertThat(file.problems(LISTENER + "{servers: ['a:1'], retry: {on: [200, 502], methods: [get], body: 2m}}\n"))
                .containsExactly(
                        "offramp.yaml:3:40: upstreams.app.retry.on[0]: expected connect, refused, reset, timeout or a "
                                + "status from 400 to 599, is \"200\"",
                        "offramp.yaml:3:61: upstreams.app.retry.methods[0]: expected a method such as GET, is \"get\"",
                        "offramp.yaml:3:73: upstreams.app.retry.body: must be 0 to 1m, is 2m");
    }

    @Test
    void shouldWarnOfMethodsThatAreNotIdempotent() throws IOException {
        assertThat(file.warnings(LISTENER + "{servers: ['a:1'], retry: {methods: [POST]}}\n"))
                .containsExactly("offramp.yaml:3:45: upstreams.app.retry.methods[0]: servers may act twice on a POST, "
                        + "which is not idempotent (RFC 9110 §9.2.2)");
    }

    @Test
    void shouldGiveAProxyHeaderInTcpModeOnly() throws IOException {
        String rest =
                "tls: {cert: site.pem}, upstream: db}]\nupstreams: {db: {servers: ['a:1'], proxy-protocol: v2}}\n";

        assertThat(file.loaded("listeners: [{bind: ':1', mode: tcp, " + rest).upstreams())
                .allSatisfy((name, db) -> assertThat(db.proxyProtocol()).isEqualTo(ProxyVersion.V2));
        assertThat(file.problems("listeners: [{bind: ':1', " + rest))
                .containsExactly("offramp.yaml:1:59: listeners[0].upstream: the servers of db get a PROXY header, "
                        + "which needs mode: tcp");
    }

    @Test
    void shouldTellWhatIsWrong() throws IOException {
        assertThat(file.problems("""
                        listeners:
                          - {bind: ':8443', tls: {cert: site.pem}, upstream: app}
                          - {bind: ':8444', mode: tcp, tls: {cert: site.pem}, upstream: by-cookie}
                        upstreams:
                          by-cookie: {servers: ['a:1'], balance: {policy: hash, key: cookie:ID}}
                          app:
                            servers:
                              - {address: 'a:1', weight: 0}
                              - a:1
                              - {address: 'b:1', priority: 3, backup: true}
                            balance: {policy: hash, cookie: srv, panic: 101%}
                            health:
                              check: {kind: tcp, path: /, status: 300-200}
                              outliers: {rest: 10m, most: 1m}
                        """))
                .contains(
                        "offramp.yaml:3:65: listeners[1].upstream: the servers of by-cookie are chosen by requests "
                                + "(hash), and a tcp listener sees none; choose by address",
                        "offramp.yaml:8:34: upstreams.app.servers[0].weight: must be 1 to 1000, is 0",
                        "offramp.yaml:9:9: upstreams.app.servers[1]: is in the list already",
                        "offramp.yaml:10:36: upstreams.app.servers[2].priority: a backup comes behind all priorities",
                        "offramp.yaml:11:37: upstreams.app.balance.cookie: only the policy sticky has it",
                        "offramp.yaml:11:49: upstreams.app.balance.panic: must be 0% to 100%, is 101%",
                        "offramp.yaml:13:32: upstreams.app.health.check.path: only a check of the kind http has it",
                        "offramp.yaml:14:35: upstreams.app.health.outliers.most: must not be below rest, which is "
                                + "600000ms")
                .anyMatch(each -> each.contains("upstreams.app.balance: missing \"key\": address, uri"));
    }
}
