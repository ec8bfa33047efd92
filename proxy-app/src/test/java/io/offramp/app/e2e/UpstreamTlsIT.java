package io.offramp.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.app.demo.DemoUpstream;
import io.offramp.proxy.config.ListenerConfig.Mode;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS to upstreams, with servers of other implementations. */
class UpstreamTlsIT {
    private static final int BYTES = 8 << 20;

    @TempDir
    private Path dir;

    private TlsServers servers;
    private Path good;

    @BeforeEach
    void makeCertificates() throws Exception {
        Tools.require("openssl");
        servers = new TlsServers(dir);
        good = servers.certificate("good", "subjectAltName=DNS:localhost,IP:127.0.0.1");
    }

    @ParameterizedTest
    @CsvSource({"http1, TLSv1.3", "http1, TLSv1.2", "h2, TLSv1.3", "h2, TLSv1.2", "auto, TLSv1.3"})
    void shouldCarryEveryByteBothWaysThroughNginx(String protocol, String version) throws Exception {
        Tools.require("nginx");
        try (DemoUpstream demo = DemoUpstream.start(0);
                NginxProxy nginx = NginxProxy.start(
                        dir, demo.port(), good, "client_max_body_size 0; ssl_protocols " + version + ";");
                RunningProxy proxy = proxy(nginx.port(), "protocol: " + protocol, "ca: %s".formatted(servers.ca()));
                HttpClient client = client()) {
            URI root = root(proxy);
            for (int i = 0; i < 3; i++) {
                HttpResponse<InputStream> down = client.send(
                        HttpRequest.newBuilder(root.resolve("/bytes/" + BYTES)).build(), BodyHandlers.ofInputStream());
                HttpResponse<String> up = client.send(
                        HttpRequest.newBuilder(root.resolve("/sha256"))
                                .POST(BodyPublishers.ofInputStream(() -> new SeededBytes(BYTES)))
                                .build(),
                        BodyHandlers.ofString());

                assertThat(Clients.hash(down.body())).isEqualTo(proxy.upstreamHash("/bytes/" + BYTES));
                assertThat(up.body()).startsWith(Clients.hash(new SeededBytes(BYTES)));
            }

            String metrics = proxy.admin("/metrics");
            List<String> handshakes = lines(metrics, "offramp_upstream_handshakes_total");
            assertThat(handshakes)
                    .allSatisfy(line -> assertThat(line).contains("version=\"" + version.substring(4) + "\""));
            assertThat(handshakes.stream()
                            .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                            .sum())
                    .as("connections for six requests")
                    .isBetween(1.0, 3.0);
            assertThat(lines(metrics, "offramp_upstream_tls_sessions{")).hasSize(2);
        }
    }

    static Stream<Arguments> others() {
        return Stream.of(
                Arguments.of("openssl", List.of("-tls1_3")),
                Arguments.of("openssl", List.of("-tls1_3", "-groups", "P-384")),
                Arguments.of("openssl", List.of("-tls1_3", "-ciphersuites", "TLS_CHACHA20_POLY1305_SHA256")),
                Arguments.of("openssl", List.of("-tls1_2")),
                Arguments.of("gnutls-serv", List.of("--priority", "NORMAL:-VERS-ALL:+VERS-TLS1.3")),
                Arguments.of("gnutls-serv", List.of("--priority", "NORMAL:-VERS-ALL:+VERS-TLS1.2")),
                Arguments.of("java", List.of("TLSv1.3")),
                Arguments.of("java", List.of("TLSv1.2")));
    }

    @ParameterizedTest
    @MethodSource("others")
    void shouldSpeakWithOtherServersAndResume(String tool, List<String> options) throws Exception {
        if (!tool.equals("java")) {
            Tools.require(tool);
        }
        String[] more = options.toArray(String[]::new);
        try (TlsServers.Running server = switch (tool) {
                    case "openssl" -> servers.openssl(good, more);
                    case "java" -> servers.jsse(good, options.getFirst());
                    default -> servers.gnutls(good, more);
                };
                RunningProxy proxy = proxy(server.port(), "protocol: http1", "ca: " + servers.ca());
                HttpClient client = client()) {
            for (int i = 0; i < 3; i++) {
                HttpResponse<String> page = get(client, proxy);
                assertThat(page.statusCode()).as(page.body()).isEqualTo(200);
                assertThat(page.body()).containsIgnoringCase("</html>");
            }

            assertThat(lines(proxy.admin("/metrics"), "offramp_upstream_handshakes_total"))
                    .as("these servers close behind each answer")
                    .anySatisfy(line -> assertThat(line).contains("resumed=\"true\""));
        }
    }

    @Test
    void shouldVerifyNothingOnlyWhereThatIsSpelledOut() throws Exception {
        try (TlsServers.Running server = servers.openssl(servers.selfSigned("any"));
                RunningProxy proxy = proxy(server.port(), "protocol: http1", "verify: none");
                HttpClient client = client()) {
            assertThat(get(client, proxy).statusCode()).isEqualTo(200);
            assertThat(lines(proxy.admin("/metrics"), "offramp_upstream_unverified_total"))
                    .singleElement()
                    .asString()
                    .endsWith(" 1.0");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"device", "ktls"})
    void shouldPutBothDirectionsIntoABackend(String backend) throws Exception {
        Tools.require("nginx");
        try (DemoUpstream demo = DemoUpstream.start(0);
                NginxProxy nginx = NginxProxy.start(dir, demo.port(), good, "client_max_body_size 0;");
                RunningProxy proxy = proxy(
                        nginx.port(),
                        "protocol: http1",
                        "ca: %s, offload: {backend: %s, tx: hw, rx: hw}".formatted(servers.ca(), backend));
                HttpClient client = client()) {
            for (int i = 0; i < 3; i++) {
                HttpResponse<InputStream> down = client.send(
                        HttpRequest.newBuilder(root(proxy).resolve("/bytes/" + BYTES))
                                .build(),
                        BodyHandlers.ofInputStream());
                HttpResponse<String> up = client.send(
                        HttpRequest.newBuilder(root(proxy).resolve("/sha256"))
                                .POST(BodyPublishers.ofInputStream(() -> new SeededBytes(BYTES)))
                                .build(),
                        BodyHandlers.ofString());

                assertThat(Clients.hash(down.body())).isEqualTo(proxy.upstreamHash("/bytes/" + BYTES));
                assertThat(up.body()).startsWith(Clients.hash(new SeededBytes(BYTES)));
            }
            if (backend.equals("device")) {
                assertThat(lines(proxy.admin("/metrics"), "offramp_upstream_tls_sessions{"))
                        .allSatisfy(line -> assertThat(line).contains("mode=\"hw\""));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "http1, TLSv1.3, sw",
        "http1, TLSv1.2, sw",
        "http1, TLSv1.3, device",
        "http1, TLSv1.3, ktls",
        "h2, TLSv1.3, sw"
    })
    void shouldSendRequestsInTurnOverOneConnection(String protocol, String version, String backend) throws Exception {
        Tools.require("nginx");
        String offload = backend.equals("sw") ? "" : ", offload: {backend: " + backend + ", tx: hw, rx: hw}";
        try (DemoUpstream demo = DemoUpstream.start(0);
                NginxProxy nginx = NginxProxy.start(dir, demo.port(), good, "ssl_protocols " + version + ";");
                RunningProxy proxy = proxy(nginx.port(), "protocol: " + protocol, "ca: " + servers.ca() + offload);
                SSLSocket client = Clients.connect(proxy.address(), "TLSv1.3", "TLS_AES_128_GCM_SHA256")) {
            for (int i = 0; i < 50; i++) {
                assertThat(Clients.getHash(client, "/bytes/" + (1000 * i)))
                        .isEqualTo(proxy.upstreamHash("/bytes/" + (1000 * i)));
            }

            assertThat(lines(proxy.admin("/metrics"), "offramp_upstream_handshakes_total"))
                    .singleElement()
                    .asString()
                    .endsWith(" 1.0");
        }
    }

    @Test
    void shouldCarryBytesInTcpMode() throws Exception {
        Tools.require("nginx");
        try (DemoUpstream demo = DemoUpstream.start(0);
                NginxProxy nginx = NginxProxy.start(dir, demo.port(), good, "");
                RunningProxy proxy = RunningProxy.to(
                        Mode.TCP, yaml(nginx.port(), "protocol: http1", "ca: %s".formatted(servers.ca())));
                SSLSocket client = Clients.connect(proxy.address(), "TLSv1.3", "TLS_AES_128_GCM_SHA256")) {
            assertThat(Clients.getHash(client, "/bytes/" + BYTES)).isEqualTo(proxy.upstreamHash("/bytes/" + BYTES));
        }
    }

    private static RunningProxy proxy(int port, String protocol, String tls) throws Exception {
        return RunningProxy.to(Mode.HTTP, yaml(port, protocol, tls));
    }

    private static String yaml(int port, String protocol, String tls) {
        return "{servers: [\"127.0.0.1:%d\"], %s, tls: {server-name: localhost, %s}}".formatted(port, protocol, tls);
    }

    private static HttpClient client() {
        return HttpClient.newBuilder().sslContext(Clients.trustsAll()).build();
    }

    private static URI root(RunningProxy proxy) {
        return URI.create("https://127.0.0.1:" + proxy.port());
    }

    private static HttpResponse<String> get(HttpClient client, RunningProxy proxy) throws Exception {
        return client.send(HttpRequest.newBuilder(root(proxy).resolve("/")).build(), BodyHandlers.ofString());
    }

    private static List<String> lines(String metrics, String name) {
        return metrics.lines().filter(line -> line.startsWith(name)).toList();
    }
}
