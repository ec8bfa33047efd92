package io.offramp.proxy.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.offramp.offload.sw.SwProvider;
import io.offramp.proxy.config.ConfigLoader;
import io.offramp.proxy.config.ConfigResult;
import io.offramp.proxy.config.ProxyConfig;
import io.offramp.proxy.handshake.certificate.DevelopmentCertificate;
import io.offramp.proxy.handshake.engine.TrustsAll;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many reloads while clients of both versions of HTTP ask, and one downloads. A second listener comes and goes, with a
 * client each time. No client repeats a request by itself: that of HTTP/1.1 cannot, and the JDK's does it for GET only.
 */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class ReloadsUnderLoadIT {
    private static final int RELOADS = 200;
    private static final int PIECES = 20_000;
    private static final int FEW_PIECES = 2_000;
    private static final byte[] PIECE = new byte[1024];
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicBoolean over = new AtomicBoolean();
    private final List<HttpServer> upstreams = new ArrayList<>();
    private ProxyServer proxy;
    private SSLContext tls;

    @TempDir
    private Path dir;

    @BeforeEach
    void start() throws Exception {
        tls = TrustsAll.context();
        DevelopmentCertificate.create(dir);
        upstreams.add(upstream());
        upstreams.add(upstream());
        proxy = ProxyServer.start(config(0), List.of(new SwProvider()));
    }

    @AfterEach
    void stop() {
        proxy.close();
        upstreams.forEach(each -> each.stop(0));
        threads.shutdownNow();
    }

    @Test
    void shouldFailNoRequestAndLoseNoDescriptor() throws Exception {
        // Given
        List<Future<Integer>> clients = List.of(
                threads.submit(this::askByHttp1),
                threads.submit(this::askByHttp1),
                threads.submit(this::askByHttp2),
                threads.submit(this::askByHttp2));
        Future<Integer> download = threads.submit(() -> {
            try (OneConnection client = connect(0)) {
                return client.ask("/long");
            }
        });
        List<Future<Integer>> visits = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            proxy.become(config(i));
        }
        long before = descriptors();

        // When
        for (int i = 0; i < RELOADS; i++) {
            proxy.become(config(i));
            if (proxy.listeners().size() > 1) {
                visits.add(visit());
            }
        }
        over.set(true);

        // Then
        for (Future<Integer> each : clients) {
            assertThat(each.get()).isPositive();
        }
        assertThat(download.get()).isEqualTo(PIECES * PIECE.length);
        assertThat(visits).hasSize(RELOADS / 5);
        for (Future<Integer> each : visits) {
            assertThat(each.get()).isEqualTo(FEW_PIECES * PIECE.length);
        }
        assertThat(accepted("web")).as("connections of the clients").isEqualTo(clients.size() + 1);
        proxy.become(config(0));
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(descriptors()).isLessThanOrEqualTo(before));
    }

    /** Asks until the reloads are over; returns the number of answers. */
    private int askByHttp1() throws IOException {
        int answers = 0;
        try (OneConnection client = connect(0)) {
            while (!over.get()) {
                assertThat(client.ask("/")).isEqualTo(2);
                answers++;
            }
        }
        return answers;
    }

    private int askByHttp2() throws IOException, InterruptedException {
        URI uri = URI.create("https://localhost:" + address(0).getPort() + "/");
        HttpRequest request = HttpRequest.newBuilder(uri)
                .POST(HttpRequest.BodyPublishers.noBody())
                .timeout(Duration.ofMinutes(2))
                .build();
        int answers = 0;
        try (HttpClient client = HttpClient.newBuilder()
                .sslContext(tls)
                .version(HttpClient.Version.HTTP_2)
                .build()) {
            while (!over.get()) {
                HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
                assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(answer.body()).isEqualTo("ok");
                answers++;
            }
        }
        return answers;
    }

    /** A client of the second listener, which is gone before its download ends. The connection ends behind it. */
    private Future<Integer> visit() throws IOException {
        OneConnection client = connect(1);
        assertThat(client.ask("/")).isEqualTo(2);
        int length = client.begin("/short"); // a request on its way would be lost: RFC 9112 §9.5
        return threads.submit(() -> {
            try (client) {
                int count = client.finish(length);
                assertThat(client.isEnded()).isTrue();
                return count;
            }
        });
    }

    private OneConnection connect(int listener) throws IOException {
        return new OneConnection(tls, address(listener));
    }

    private InetSocketAddress address(int listener) {
        return proxy.listeners().get(listener).address();
    }

    private long accepted(String listener) throws IOException {
        ByteArrayOutputStream page = new ByteArrayOutputStream();
        proxy.metrics().scrape(page);
        String name = "offramp_connections_total{listener=\"" + listener + "\"} ";
        return page.toString(US_ASCII)
                .lines()
                .filter(line -> line.startsWith(name))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(name.length())))
                .sum();
    }

    private static long descriptors() throws IOException {
        try (Stream<Path> open = Files.list(DESCRIPTORS)) {
            return open.count();
        }
    }

    private HttpServer upstream() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, 2);
            exchange.getResponseBody().write("ok".getBytes(US_ASCII));
            exchange.close();
        });
        server.createContext("/long", exchange -> send(exchange, PIECES));
        server.createContext("/short", exchange -> send(exchange, FEW_PIECES));
        server.start();
        return server;
    }

    private static void send(HttpExchange exchange, int pieces) throws IOException {
        exchange.sendResponseHeaders(200, (long) pieces * PIECE.length);
        for (int i = 0; i < pieces; i++) {
            exchange.getResponseBody().write(PIECE);
        }
        exchange.close();
    }

    /** Servers, TLS, limits and a second listener come and go with the number. */
    private ProxyConfig config(int number) throws IOException {
        String servers = upstreams.stream()
                .skip(number % 2)
                .map(each -> "'127.0.0.1:" + each.getAddress().getPort() + "'")
                .toList()
                .toString();
        String tlsMore = number % 3 == 0 ? ", versions: ['1.3']" : "";
        String listener = "  - {name: %s, bind: '127.0.0.1:0', tls: {cert: %s%s}, upstream: app}\n";
        String web = listener.formatted("web", DevelopmentCertificate.FILE_NAME, tlsMore);
        String extra = listener.formatted("extra", DevelopmentCertificate.FILE_NAME, tlsMore);
        String yaml = "listeners:\n" + web + (number % 5 == 3 ? extra : "")
                + "upstreams: {app: {servers: " + servers + "}}\n"
                + (number % 7 == 0 ? "limits: {upstream-idle: 5}\n" : "")
                + "logging: {access: false}\n";
        ConfigResult result = new ConfigLoader(List.of(new SwProvider()), dir)
                .load(Files.writeString(dir.resolve("offramp.yaml"), yaml));
        assertThat(result).as("%s", result).isInstanceOf(ConfigResult.Loaded.class);
        return ((ConfigResult.Loaded) result).config();
    }
}
