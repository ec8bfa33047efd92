package io.offramp.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.offload.record.ProtocolVersion;
import io.offramp.proxy.access.AccessLogConfig;
import io.offramp.proxy.budget.AddressLimits;
import io.offramp.proxy.budget.ClientLimits;
import io.offramp.proxy.compress.CompressionLimits;
import io.offramp.proxy.config.ListenerConfig.Mode;
import io.offramp.proxy.exchange.HttpSettings;
import io.offramp.proxy.guard.ConnectionLimits;
import io.offramp.proxy.handshake.certificate.CertificateFiles;
import io.offramp.proxy.handshake.engine.HandshakeLimits;
import io.offramp.proxy.handshake.ticket.TicketSettings;
import io.offramp.proxy.message.HeadLimits;
import io.offramp.proxy.net.Cidr;
import io.offramp.proxy.net.HostPort;
import io.offramp.proxy.net.ServerAddress;
import io.offramp.proxy.net.UnixSocket;
import io.offramp.proxy.route.RouteConfig;
import io.offramp.proxy.rule.RouteRules;
import io.offramp.proxy.session.OffloadConfig;
import io.offramp.proxy.session.OffloadConfig.PerDirection;
import io.offramp.proxy.session.OffloadConfig.Policy;
import io.offramp.proxy.session.OffloadConfig.WholeConnections;
import io.offramp.proxy.tcp.TcpSettings;
import io.offramp.proxy.upstream.ServerConfig;
import io.offramp.proxy.upstream.UpstreamConfig;
import io.offramp.proxy.upstream.UpstreamProtocol;
import io.offramp.proxy.upstream.UpstreamSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigLoaderTest {
    private static final String FULL = """
            listeners:
              - name: web
                bind: 127.0.0.1:8443
                mode: http
                proxy-protocol: [10.0.0.0/8]
                tls:
                  certificates:
                    - cert: site.pem
                    - {cert: other.pem, key: other.pem}
                  versions: ["1.3"]
                  ciphers: [TLS_AES_256_GCM_SHA384, TLS_AES_128_GCM_SHA256]
                offload: {backend: device, tx: hw, rx: sw}
                routes:
                  - {host: API.example.com, path: /v1/, upstream: app}
                  - {host: "*.example.com", upstream: 10.0.0.1:80}
                upstream: short
                reuse-port: true
              - bind: "[::1]:8444"
                mode: tcp
                tls: {cert: site.pem, key: site.pem}
                offload: {backend: device}
                upstream: db.internal:5432
            upstreams:
              app: {servers: ["127.0.0.1:8081", "[::1]:8082"], protocol: h2c}
              short: [127.0.0.1:8083]
            admin: {bind: 127.0.0.1:9090}
            timeouts: {handshake: 1s, request-head: 2s, request: 9m, idle: 3m, tunnel: 5h, body: 4h, \
            upstream-connect: 500ms, upstream-answer: 6s, upstream-age: 7m, drain: 0s}
            limits: {request-line: 1k, head: 64k, body: 1g, connections: 10, handshakes: 7, handshake: 16384, \
            upstream-idle: 3, upstream-rcvbuf: 4m,
                     least-rate: 1k, upstream-connections: 8, upstream-queue: 9, upstream-streams: 10, \
            upstream-requests: 11, upstream-window: 1m, connections-per-address: 100, \
            handshakes-per-address: 20, compression-cpu: 40%, compression-memory: 32m}
            offload:
              device: {contexts: 128}
            logging: {access: false, level: debug}
            threads: 3
            warmup: 10s
            upgrade-overlap: 20s
            upgrade-socket: run/upgrade.sock
            pid-file: run/offramp.pid
            sandbox: off
            """;

    @TempDir
    private Path directory;

    private ConfigFile file;

    @BeforeEach
    void makeCertificates() throws IOException {
        file = new ConfigFile(directory);
        file.certificate("other");
    }

    @Test
    void shouldFillInDefaultsWhenTheFileIsTheSmallestThatWorks() throws IOException {
        // When
        ProxyConfig config = file.loaded("""
                listeners:
                  - bind: 0.0.0.0:8443
                    tls: {cert: site.pem}
                    upstream: 127.0.0.1:8080
                """);

        // Then
        HostPort server = new HostPort("127.0.0.1", 8080);
        assertThat(config.upstreams())
                .containsExactly(Map.entry("127.0.0.1:8080", new UpstreamConfig("127.0.0.1:8080", List.of(server))));
        assertThat(config.admin()).isNull();
        assertThat(config.servers()).isEqualTo(UpstreamSettings.DEFAULTS);
        assertThat(config.clients()).isEqualTo(ClientLimits.DEFAULTS);
        assertThat(config.handshakes()).isEqualTo(HandshakeLimits.DEFAULTS);
        assertThat(config.compression()).isEqualTo(CompressionLimits.DEFAULTS);
        assertThat(config.drain()).isEqualTo(Duration.ofSeconds(30));
        assertThat(config.listeners().getFirst().http()).isEqualTo(HttpSettings.DEFAULTS);
        assertThat(config.listeners().getFirst().tcp()).isEqualTo(TcpSettings.DEFAULTS);
        assertThat(config.logging()).isEqualTo(LoggingConfig.DEFAULTS);
        assertThat(config.backends()).isEmpty();
        assertThat(config.threads()).isZero();
        assertThat(config.warmup()).isZero();
        assertThat(config.upgradeOverlap()).isEqualTo(Duration.ofSeconds(3));
        assertThat(config.upgradeSocket()).isNull();
        assertThat(config.pidFile()).isNull();
        assertThat(config.sandbox()).isTrue();
        ListenerConfig listener = config.listeners().getFirst();
        assertThat(listener.name()).isEqualTo("0.0.0.0:8443");
        assertThat(listener.mode()).isEqualTo(Mode.HTTP);
        assertThat(listener.offload()).isEqualTo(OffloadConfig.SOFTWARE);
        assertThat(listener.routes()).containsExactly(new RouteConfig(null, "/", "127.0.0.1:8080"));
        assertThat(listener.secured().certificates())
                .containsExactly(CertificateFiles.of(file.path("site.pem"), file.path("site.pem")));
        assertThat(listener.secured().versions()).containsExactlyInAnyOrder(ProtocolVersion.values());
        assertThat(listener.secured().ciphers()).hasSize(9);
        assertThat(listener.secured().tickets()).isEqualTo(TicketSettings.DEFAULTS);
    }

    @Test
    void shouldReadTicketsInEveryForm() throws IOException {
        Files.write(file.path("a.key"), new byte[48]);
        Files.write(file.path("b.key"), new byte[80]);
        Path a = file.path("a.key");
        Path b = file.path("b.key");
        Duration lifetime = TicketSettings.DEFAULTS.lifetime();

        assertThat(tickets("false")).isEqualTo(new TicketSettings(false, 2, lifetime, List.of(), 20_000));
        assertThat(tickets("true")).isEqualTo(TicketSettings.DEFAULTS);
        assertThat(tickets("{keys: a.key}")).isEqualTo(new TicketSettings(true, 2, lifetime, List.of(a), 20_000));
        assertThat(tickets("{enabled: true, count: 4, lifetime: 168h, keys: [b.key, a.key], sessions: 0}"))
                .isEqualTo(new TicketSettings(true, 4, Duration.ofDays(7), List.of(b, a), 0));
    }

    private TicketSettings tickets(String text) throws IOException {
        return file.loaded("listeners: [{bind: ':1', tls: {cert: site.pem, tickets: " + text + "}, upstream: 'a:1'}]")
                .listeners()
                .getFirst()
                .secured()
                .tickets();
    }

    @Test
    void shouldGiveTheListenerToTheDeviceWhenTheModeIsHwRecord() throws IOException {
        for (String offload : List.of("{mode: hw-record}", "{backend: device, mode: hw-record}")) {
            ProxyConfig config = file.loaded(
                    "listeners: [{bind: ':1', tls: {cert: site.pem}, upstream: 'a:1', offload: " + offload + "}]");

            OffloadConfig expected = new WholeConnections("device");
            assertThat(config.listeners().getFirst().offload()).isEqualTo(expected);
        }
    }

    @Test
    void shouldKeepEverythingWhenTheFileIsTheFullForm() throws IOException {
        // When
        ProxyConfig config = file.loaded(FULL);

        // Then
        ListenerConfig web = new ListenerConfig(
                "web",
                new HostPort("127.0.0.1", 8443),
                Mode.HTTP,
                TlsConfig.of(
                        List.of(pair("site.pem"), pair("other.pem")),
                        Set.of(ProtocolVersion.TLS_1_3),
                        List.of("TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256"),
                        Mode.HTTP),
                new PerDirection("device", Policy.HW, Policy.SW),
                List.of(
                        new RouteConfig("api.example.com", "/v1", "app"),
                        new RouteConfig("*.example.com", "/", "10.0.0.1:80"),
                        new RouteConfig(null, "/", "short")),
                RouteRules.NONE,
                ConnectionLimits.NONE,
                List.of(Cidr.parse("10.0.0.0/8")),
                HttpSettings.builder()
                        .heads(new HeadLimits(1024, 64 << 10))
                        .bodyBytes(1L << 30)
                        .leastRate(1024)
                        .headTimeout(Duration.ofSeconds(2))
                        .requestTimeout(Duration.ofMinutes(9))
                        .idleTimeout(Duration.ofMinutes(3))
                        .tunnelTimeout(Duration.ofHours(5))
                        .bodyTimeout(Duration.ofHours(4))
                        .answerTimeout(Duration.ofSeconds(6))
                        .pauseTimeout(Duration.ofSeconds(6))
                        .build(),
                new TcpSettings(Duration.ofHours(5), Duration.ofHours(4)),
                true);
        assertThat(config.listeners().getFirst()).isEqualTo(web);

        ListenerConfig tcp = config.listeners().getLast();
        assertThat(tcp.name()).isEqualTo("[::1]:8444");
        assertThat(tcp.bind()).isEqualTo(new HostPort("::1", 8444));
        assertThat(tcp.mode()).isEqualTo(Mode.TCP);
        assertThat(tcp.offload()).isEqualTo(new PerDirection("device", Policy.AUTO, Policy.AUTO));
        assertThat(tcp.routes()).containsExactly(new RouteConfig(null, "/", "db.internal:5432"));

        assertThat(config.upstreams()).containsOnlyKeys("app", "short", "10.0.0.1:80", "db.internal:5432");
        assertThat(servers(config, "app")).containsExactly(new HostPort("127.0.0.1", 8081), new HostPort("::1", 8082));
        assertThat(config.upstreams().values().stream()
                        .filter(each -> each.protocol() == UpstreamProtocol.H2C)
                        .map(UpstreamConfig::name))
                .containsExactly("app");
        assertThat(servers(config, "short")).containsExactly(new HostPort("127.0.0.1", 8083));
        assertThat(config.admin()).isEqualTo(AdminConfig.of(new HostPort("127.0.0.1", 9090)));
        assertThat(config.handshakes()).isEqualTo(new HandshakeLimits(Duration.ofSeconds(1), 16384));
        assertThat(config.clients()).isEqualTo(new ClientLimits(10, 7, new AddressLimits(100, 20)));
        assertThat(config.compression()).isEqualTo(new CompressionLimits(40, 32 << 20));
        assertThat(config.servers())
                .isEqualTo(UpstreamSettings.builder()
                        .connectTimeout(Duration.ofMillis(500))
                        .idleTimeout(Duration.ofMinutes(3))
                        .idleConnections(3)
                        .connections(8)
                        .queue(9)
                        .streams(10)
                        .requests(11)
                        .window(1 << 20)
                        .age(Duration.ofMinutes(7))
                        .receiveBytes(4 << 20)
                        .build());
        assertThat(config.drain()).isEqualTo(Duration.ZERO);
        assertThat(tcp.tcp()).isEqualTo(new TcpSettings(Duration.ofHours(5), Duration.ofHours(4)));
        assertThat(config.backends()).containsExactly(Map.entry("device", Map.of("contexts", "128")));
        assertThat(config.logging()).isEqualTo(new LoggingConfig(AccessLogConfig.OFF, "debug"));
        assertThat(config.threads()).isEqualTo(3);
        assertThat(config.warmup()).isEqualTo(Duration.ofSeconds(10));
        assertThat(config.upgradeOverlap()).isEqualTo(Duration.ofSeconds(20));
        assertThat(config.upgradeSocket())
                .isEqualTo(file.path("run/upgrade.sock").toAbsolutePath());
        assertThat(config.pidFile()).isEqualTo(file.path("run/offramp.pid").toAbsolutePath());
        assertThat(config.sandbox()).isFalse();
    }

    @Test
    void shouldWriteNothingAndWarnOfNamesThatAreTakenWhenTheFileIsTheFullForm() throws IOException {
        assertThat(file.warnings(FULL))
                .containsExactly("offramp.yaml:9:18: listeners[0].tls.certificates[1].cert: is not used "
                        + "for localhost, which is in site.pem too, with the same kind of key");
        assertThat(directory.resolve("run")).doesNotExist();
    }

    @Test
    void shouldNameTheCertificateToBeMadeWhenTheListenerIsForDevelopment() throws IOException {
        // Given
        String yaml = """
                listeners:
                  - {bind: ":8443", tls: {development: true}, upstream: "127.0.0.1:8080"}
                """;

        // When
        ProxyConfig config = file.loaded(yaml);

        // Then
        Path made = directory.resolve("run/offramp-dev.pem");
        TlsConfig tls = config.listeners().getFirst().secured();
        assertThat(tls.certificates()).containsExactly(CertificateFiles.of(made, made));
        assertThat(file.loader().needsDevelopmentCertificate(config)).isTrue();
        assertThat(made).doesNotExist();
        assertThat(file.warnings(yaml))
                .containsExactly("offramp.yaml:2:26: listeners[0].tls: development certificate: no client trusts it, "
                        + "and it is not for production");
    }

    @Test
    void shouldNotNeedADevelopmentCertificateWhenEveryListenerHasItsOwn() throws IOException {
        assertThat(file.loader().needsDevelopmentCertificate(file.loaded(FULL))).isFalse();
    }

    @Test
    void shouldWarnWhenSomethingIsNeverUsed() throws IOException {
        assertThat(file.warnings("""
                        listeners:
                          - bind: 127.0.0.1:8443
                            tls: {cert: site.pem, ciphers: [TLS_AES_128_GCM_SHA256]}
                            routes:
                              - {path: /api, upstream: "127.0.0.1:1"}
                              - {host: a.example.com, path: /api/v2, upstream: "127.0.0.1:2"}
                              - {path: /apis, upstream: "127.0.0.1:3"}
                          - bind: 127.0.0.1:8444
                            tls:
                              cert: site.pem
                              ciphers:
                                - TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
                                - TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
                            upstream: 127.0.0.1:4
                        upstreams:
                          spare: [127.0.0.1:5]
                        """))
                .containsExactly(
                        "offramp.yaml:3:36: listeners[0].tls.ciphers: none is for TLS 1.2, which is therefore not "
                                + "offered",
                        "offramp.yaml:6:9: listeners[0].routes[1]: never used: an earlier route takes any host, /api",
                        "offramp.yaml:12:9: listeners[1].tls.ciphers: none is for TLS 1.3, which is therefore not "
                                + "offered",
                        "offramp.yaml:13:11: listeners[1].tls.ciphers[1]: never used: no certificate has an RSA key",
                        "offramp.yaml:16:10: upstreams.spare: not used by any listener");
    }

    @Test
    void shouldFindUnixSocketsOfServersRelativeToTheFile() throws IOException {
        ProxyConfig config = file.loaded("""
                listeners:
                  - {bind: ":8443", tls: {cert: site.pem}, upstream: unix:web.sock}
                  - {bind: ":8444", tls: {cert: site.pem}, upstream: app}
                upstreams:
                  app: [unix:/run/app.sock, 127.0.0.1:8080]
                """);

        UnixSocket web = new UnixSocket(file.path("web.sock"));
        assertThat(config.listeners().getFirst().routes()).containsExactly(new RouteConfig(null, "/", web.toString()));
        assertThat(servers(config, web.toString())).containsExactly(web);
        assertThat(servers(config, "app"))
                .containsExactly(new UnixSocket(Path.of("/run/app.sock")), new HostPort("127.0.0.1", 8080));
    }

    private CertificateFiles pair(String name) {
        return CertificateFiles.of(file.path(name), file.path(name));
    }

    private static List<ServerAddress> servers(ProxyConfig config, String upstream) {
        return Objects.requireNonNull(config.upstreams().get(upstream)).servers().stream()
                .map(ServerConfig::address)
                .toList();
    }
}
