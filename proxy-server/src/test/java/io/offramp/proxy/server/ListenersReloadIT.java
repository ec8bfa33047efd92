package io.offramp.proxy.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.offramp.offload.sw.SwProvider;
import io.offramp.proxy.config.ConfigLoader;
import io.offramp.proxy.config.ConfigResult;
import io.offramp.proxy.config.ProxyConfig;
import io.offramp.proxy.handshake.certificate.DevelopmentCertificate;
import io.offramp.proxy.handshake.client.TestCa;
import io.offramp.proxy.handshake.engine.TrustsAll;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Listeners and connections to servers, from one configuration to the next. */
class ListenersReloadIT {
    private static final String REQUEST = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

    private final List<InetSocketAddress> peers = new ArrayList<>();
    private HttpServer upstream;
    private ProxyServer proxy;
    private SSLContext tls;

    @TempDir
    private Path dir;

    @BeforeEach
    void start() throws Exception {
        tls = TrustsAll.context();
        upstream = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        upstream.createContext("/", exchange -> {
            synchronized (peers) {
                peers.add(exchange.getRemoteAddress());
            }
            exchange.sendResponseHeaders(200, 2);
            exchange.getResponseBody().write("ok".getBytes(US_ASCII));
            exchange.close();
        });
        upstream.start();
        DevelopmentCertificate.create(dir);
        proxy = ProxyServer.start(config(listener("")), List.of(new SwProvider()));
    }

    @AfterEach
    void stop() {
        proxy.close();
        upstream.stop(0);
    }

    @Test
    void shouldAddAListenerAndLeaveTheOtherWhereItIs() throws Exception {
        int first = port(0);

        proxy.become(config(listener(""), listener("")));

        assertThat(port(0)).isEqualTo(first);
        assertThat(get(port(1))).endsWith("ok");
        assertThat(get(first)).endsWith("ok");
    }

    @Test
    void shouldDrainTheConnectionsOfAListenerThatIsGone() throws Exception {
        proxy.become(config(listener(""), listener("")));
        int second = port(1);
        try (SSLSocket idle = connect(second);
                SSLSocket other = connect(port(0))) {
            assertThat(ask(idle)).endsWith("ok");

            proxy.become(config(listener("")));

            assertThat(idle.getInputStream().read()).isEqualTo(-1);
            assertThat(ask(other)).endsWith("ok");
            assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), second).close())
                    .isInstanceOf(ConnectException.class);
        }
    }

    @Test
    void shouldKeepNewRoutesFromClientsThatHaveShownNoCertificate() throws Exception {
        Files.writeString(dir.resolve("ca.pem"), TestCa.root("CN=clients").pem());

        assertThatAChangeEndsConnections(listener(", client-auth: {mode: required, ca: ca.pem}"));
    }

    @Test
    void shouldSendNoHttpToTheServersOfAListenerOfBytes() throws Exception {
        assertThatAChangeEndsConnections(listener("").replace("upstream:", "mode: tcp, upstream:"));
    }

    /** A connection from before gets nothing of what is behind the listener now, while another listener's goes on. */
    private void assertThatAChangeEndsConnections(String changed) throws Exception {
        // Given
        AtomicInteger others = new AtomicInteger();
        try (ServerSocket other = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> {
                while (!other.isClosed()) {
                    try {
                        other.accept().close();
                        others.incrementAndGet();
                    } catch (IOException e) {
                        return;
                    }
                }
            });
            proxy.become(config(listener(""), listener("")));
            try (SSLSocket before = connect(port(0));
                    SSLSocket beside = connect(port(1))) {
                ask(before);
                ask(beside);

                // When
                proxy.become(config(
                        List.of(changed, listener("").replace("app", "old")),
                        "upstreams: {app: {servers: ['127.0.0.1:%d']}, old: {servers: ['127.0.0.1:%d']}}"
                                .formatted(
                                        other.getLocalPort(),
                                        upstream.getAddress().getPort())));

                // Then
                assertThat(before.getInputStream().read()).isEqualTo(-1);
                assertThat(ask(beside)).endsWith("ok");
            }
        }
        assertThat(others).hasValue(0);
    }

    @Test
    void shouldChangeNothingIfAnAddressIsTaken() throws Exception {
        String taken = listener("").replace(":0", ":" + upstream.getAddress().getPort());
        int free;
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = probe.getLocalPort();
        }
        String bound = listener("").replace(":0", ":" + free);

        assertThatThrownBy(() -> proxy.become(config(listener(", versions: ['1.2']"), bound, taken)))
                .isInstanceOf(StartException.class)
                .hasMessageContaining(
                        "cannot listen on 127.0.0.1:" + upstream.getAddress().getPort())
                .hasMessageContaining("in use");

        assertThat(proxy.listeners()).hasSize(1);
        assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), free).close())
                .isInstanceOf(ConnectException.class);
        try (SSLSocket next = connect(port(0))) {
            assertThat(next.getSession().getProtocol()).isEqualTo("TLSv1.3");
            assertThat(ask(next)).endsWith("ok");
        }
        assertThat(page()).contains("offramp_config_generation 1.0");
    }

    @Test
    void shouldShowMetersOfTheCurrentListenersAndUpstreamsOnly() throws Exception {
        // Given
        String taken = listener("").replace(":0", ":" + upstream.getAddress().getPort());
        String server = "127.0.0.1:" + upstream.getAddress().getPort();
        String api = "upstreams: {app: ['" + server + "'], api: ['127.0.0.1:2']}";
        assertThat(page()).contains("listener=\"127.0.0.1:0\"").contains("upstream=\"app\"");

        // When
        assertThatThrownBy(() -> proxy.become(config(List.of(named("never"), taken), api)))
                .isInstanceOf(StartException.class);
        assertThat(page()).doesNotContain("\"never\"", "\"api\"");
        proxy.become(config(List.of(named("web")), api));
        get(port(0));
        proxy.become(config(named("site")));
        get(port(0));

        // Then
        assertThat(page())
                .contains("offramp_http_requests_total{listener=\"site\",status=\"2xx\"} 1.0")
                .contains("offramp_route_requests_total{listener=\"site\",route=\"/\",status=\"2xx\"} 1.0")
                .contains("offramp_upstream_server_answer_duration_seconds_count{server=\"" + server
                        + "\",upstream=\"app\"} 2")
                .doesNotContain("\"127.0.0.1:0\"", "\"web\"", "\"api\"");
        assertThat(resumed()).isEqualTo(1);
    }

    private static String named(String name) {
        return listener("").replace("{bind", "{name: " + name + ", bind");
    }

    /** It may take long, as looking up names does. */
    @Test
    void shouldReadTheNewConfigurationBesideAStop() throws Exception {
        // Given
        Path gone = Files.copy(dir.resolve(DevelopmentCertificate.FILE_NAME), dir.resolve("gone.pem"));
        ProxyConfig next = config(listener("").replace(DevelopmentCertificate.FILE_NAME, "gone.pem"));
        Files.delete(gone);
        ProxyServer stopping = proxy;
        synchronized (stopping) { // as a stop does

            // When
            CompletableFuture<Void> reload = CompletableFuture.runAsync(() -> becomeUnchecked(next));

            // Then
            assertThat(reload)
                    .failsWithin(20, TimeUnit.SECONDS)
                    .withThrowableOfType(ExecutionException.class)
                    .withMessageContaining("gone.pem");
        }
    }

    private void becomeUnchecked(ProxyConfig next) {
        try {
            proxy.become(next);
        } catch (StartException e) {
            throw new CompletionException(e);
        }
    }

    @Test
    void shouldResumeSessionsFromBeforeAChangeOfTheListenersTls() throws Exception {
        get(port(0));

        proxy.become(config(listener(", groups: [x25519]")));
        get(port(0));

        assertThat(page()).contains("offramp_config_generation 2.0");
        assertThat(resumed()).isEqualTo(1);
    }

    @Test
    void shouldKeepConnectionsToServersThatStay() throws Exception {
        get(port(0));

        for (int i = 0; i < 5; i++) {
            proxy.become(config(listener(i % 2 == 0 ? ", groups: [x25519]" : "")));
            get(port(0));
        }

        assertThat(peers).hasSize(6);
        assertThat(peers.stream().distinct()).hasSize(1);
    }

    @Test
    void shouldKeepConnectionsToAServerWhoseUpstreamGetsAnother() throws Exception {
        get(port(0));
        String more = "upstreams: {app: {servers: [%s, {address: 127.0.0.1:1, backup: true}]}}"
                .formatted("127.0.0.1:" + upstream.getAddress().getPort());

        proxy.become(config(List.of(listener("")), more));
        get(port(0));

        assertThat(peers).hasSize(2);
        assertThat(peers.stream().distinct()).hasSize(1);
    }

    @Test
    void shouldOpenConnectionsByTheNewLimits() throws Exception {
        get(port(0));

        proxy.become(config(List.of(listener("")), "limits: {upstream-idle: 0}"));
        IntStream.range(0, 3).forEach(i -> getUnchecked(port(0)));

        assertThat(peers.stream().distinct()).hasSize(4);
    }

    private void getUnchecked(int port) {
        try {
            get(port);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private double resumed() throws IOException {
        return page().lines()
                .filter(line -> line.startsWith("offramp_handshakes_total") && line.contains("resumed=\"true\""))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private String page() throws IOException {
        ByteArrayOutputStream page = new ByteArrayOutputStream();
        proxy.metrics().scrape(page);
        return page.toString(UTF_8);
    }

    private String get(int port) throws IOException {
        try (SSLSocket socket = connect(port)) {
            return ask(socket);
        }
    }

    private SSLSocket connect(int port) throws IOException {
        SSLSocket socket = (SSLSocket) tls.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(10_000);
        socket.startHandshake();
        return socket;
    }

    /** Up to the body's last letter. */
    private static String ask(SSLSocket socket) throws IOException {
        socket.getOutputStream().write(REQUEST.getBytes(US_ASCII));
        StringBuilder answer = new StringBuilder();
        while (!answer.toString().endsWith("\r\n\r\nok")) {
            int next = socket.getInputStream().read();
            assertThat(next).as("%s", answer).isNotNegative();
            answer.append((char) next);
        }
        return answer.toString();
    }

    private int port(int listener) {
        return proxy.listeners().get(listener).address().getPort();
    }

    private static String listener(String tls) {
        return "  - {bind: '127.0.0.1:0', tls: {cert: %s%s}, upstream: app}"
                .formatted(DevelopmentCertificate.FILE_NAME, tls);
    }

    private ProxyConfig config(String... listeners) throws IOException {
        return config(List.of(listeners), "");
    }

    private ProxyConfig config(List<String> listeners, String more) throws IOException {
        String upstreams = more.startsWith("upstreams")
                ? ""
                : "upstreams: {app: {servers: ['127.0.0.1:%d']}}"
                        .formatted(upstream.getAddress().getPort());
        String yaml = String.join("\n", "listeners:", String.join("\n", listeners), upstreams, more);
        Path file = Files.writeString(dir.resolve("offramp.yaml"), yaml + "\nthreads: 1\nlogging: {access: false}\n");
        ConfigResult result = new ConfigLoader(List.of(new SwProvider()), dir).load(file);
        assertThat(result).as("%s", result).isInstanceOf(ConfigResult.Loaded.class);
        return ((ConfigResult.Loaded) result).config();
    }
}
