package io.offramp.proxy.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.offramp.offload.sw.SwProvider;
import io.offramp.proxy.config.ConfigLoader;
import io.offramp.proxy.config.ConfigResult;
import io.offramp.proxy.config.ProxyConfig;
import io.offramp.proxy.handshake.certificate.DevelopmentCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Many reloads while clients of both versions of HTTP ask, and one downloads. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class ReloadsUnderLoadIT {
    private static final int RELOADS = 200;
    private static final int PIECES = 20_000;
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
        tls = SSLContext.getInstance("TLS");
        tls.init(null, new TrustManager[] {new TrustsAll()}, new SecureRandom());
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
        List<Future<Integer>> clients = new ArrayList<>();
        for (HttpClient.Version version : HttpClient.Version.values()) {
            clients.add(threads.submit(asker(version)));
            clients.add(threads.submit(asker(version)));
        }
        Future<Integer> download = threads.submit(this::download);
        for (int i = 0; i < 10; i++) {
            proxy.become(config(i));
        }
        long before = descriptors();

        // When
        for (int i = 0; i < RELOADS; i++) {
            proxy.become(config(i));
        }
        over.set(true);

        // Then
        for (Future<Integer> each : clients) {
            assertThat(each.get()).isPositive();
        }
        assertThat(download.get()).isEqualTo(PIECES * PIECE.length);
        proxy.become(config(0));
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(descriptors()).isLessThanOrEqualTo(before));
    }

    /** Asks until the reloads are over; returns the number of answers. */
    private Callable<Integer> asker(HttpClient.Version version) {
        return () -> {
            int answers = 0;
            try (HttpClient client = client(version)) {
                while (!over.get()) {
                    HttpResponse<String> answer = client.send(request("/"), HttpResponse.BodyHandlers.ofString());
                    assertThat(answer.statusCode()).isEqualTo(200);
                    assertThat(answer.body()).isEqualTo("ok");
                    answers++;
                }
            }
            return answers;
        };
    }

    private int download() throws IOException, InterruptedException {
        try (HttpClient client = client(HttpClient.Version.HTTP_1_1)) {
            return client.send(request("/long"), HttpResponse.BodyHandlers.ofByteArray())
                    .body()
                    .length;
        }
    }

    private HttpClient client(HttpClient.Version version) {
        return HttpClient.newBuilder().sslContext(tls).version(version).build();
    }

    private HttpRequest request(String path) {
        int port = proxy.listeners().getFirst().address().getPort();
        return HttpRequest.newBuilder(URI.create("https://localhost:" + port + path))
                .timeout(Duration.ofMinutes(2))
                .build();
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
        server.createContext("/long", exchange -> {
            exchange.sendResponseHeaders(200, (long) PIECES * PIECE.length);
            for (int i = 0; i < PIECES; i++) {
                exchange.getResponseBody().write(PIECE);
            }
            exchange.close();
        });
        server.start();
        return server;
    }

    /** Servers, TLS, limits and a second listener come and go with the number. */
    private ProxyConfig config(int number) throws IOException {
        String servers = upstreams.stream()
                .skip(number % 2)
                .map(each -> "'127.0.0.1:" + each.getAddress().getPort() + "'")
                .toList()
                .toString();
        String tlsMore = number % 3 == 0 ? ", versions: ['1.3']" : "";
        String listener = "  - {bind: '127.0.0.1:0', tls: {cert: %s%s}, upstream: app}\n"
                .formatted(DevelopmentCertificate.FILE_NAME, tlsMore);
        String yaml = "listeners:\n" + listener + (number % 5 == 0 ? listener : "")
                + "upstreams: {app: {servers: " + servers + "}}\n"
                + (number % 7 == 0 ? "limits: {upstream-idle: 5}\n" : "")
                + "logging: {access: false}\n";
        ConfigResult result = new ConfigLoader(List.of(new SwProvider()), dir)
                .load(Files.writeString(dir.resolve("offramp.yaml"), yaml));
        assertThat(result).as("%s", result).isInstanceOf(ConfigResult.Loaded.class);
        return ((ConfigResult.Loaded) result).config();
    }
}
