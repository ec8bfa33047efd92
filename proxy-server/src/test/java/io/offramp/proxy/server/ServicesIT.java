package io.offramp.proxy.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.offramp.offload.sw.SwProvider;
import io.offramp.proxy.config.ConfigLoader;
import io.offramp.proxy.config.ConfigResult;
import io.offramp.proxy.handshake.certificate.DevelopmentCertificate;
import io.offramp.proxy.handshake.engine.TrustsAll;
import io.offramp.proxy.net.HostPort;
import io.offramp.proxy.sockets.Inheritance;
import io.offramp.proxy.upstream.UpstreamServer;
import io.offramp.proxy.upstream.resolve.Names;
import io.offramp.proxy.upstream.resolve.ServiceTarget;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A service by its name, from the configuration's file to its servers. */
class ServicesIT {
    private final List<HttpServer> servers = new ArrayList<>();
    private volatile List<ServiceTarget> targets = List.of();
    private HttpClient client;
    private @Nullable ProxyServer started;

    @TempDir
    private Path dir;

    /** A DNS whose answers are used for a second. */
    private final class Dns implements Names {
        private final EventLoop loop;

        Dns(EventLoop loop) {
            this.loop = loop;
        }

        @Override
        public Future<Found> lookUp(String name) {
            return loop.newFailedFuture(new UnknownHostException(name));
        }

        @Override
        public Future<Service> lookUpService(String name) {
            List<ServiceTarget> now = targets;
            return now.isEmpty()
                    ? loop.newFailedFuture(new UnknownHostException(name))
                    : loop.newSucceededFuture(new Service(now, Duration.ZERO));
        }

        @Override
        public EventLoop eventLoop() {
            return loop;
        }

        @Override
        public void close() {}
    }

    @BeforeEach
    void start() throws Exception {
        DevelopmentCertificate.create(dir);
        SSLContext context = TrustsAll.context();
        client = HttpClient.newBuilder().sslContext(context).build();
    }

    @AfterEach
    void stop() {
        client.close();
        proxy().close();
        servers.forEach(server -> server.stop(0));
    }

    private ServiceTarget server(int priority, int weight) throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        String body = String.valueOf(server.getAddress().getPort());
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, body.length());
            exchange.getResponseBody().write(body.getBytes(US_ASCII));
            exchange.close();
        });
        server.start();
        servers.add(server);
        return new ServiceTarget(new HostPort("127.0.0.1", server.getAddress().getPort()), priority, weight);
    }

    private void run() throws Exception {
        Path file = dir.resolve("offramp.yaml");
        Files.writeString(file, """
                listeners:
                  - {bind: "127.0.0.1:0", tls: {cert: %s}, upstream: api}
                upstreams:
                  api: {servers: ["srv:_api._tcp.offramp-test.example"], balance: random}
                logging: {access: false}
                """.formatted(DevelopmentCertificate.FILE_NAME));
        ConfigResult result = new ConfigLoader(List.of(new SwProvider()), dir).load(file);
        started = ProxyServer.start(
                ((ConfigResult.Loaded) result).config(),
                List.of(new SwProvider()),
                new Outside(null, Inheritance.none(), Dns::new));
    }

    private ProxyServer proxy() {
        return Objects.requireNonNull(started);
    }

    private HttpResponse<String> ask() throws Exception {
        int port = proxy().listeners().getFirst().address().getPort();
        HttpRequest request = HttpRequest.newBuilder(URI.create("https://localhost:" + port + "/"))
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private Map<String, Integer> ask(int times) throws Exception {
        Map<String, Integer> answers = new TreeMap<>();
        for (int i = 0; i < times; i++) {
            answers.merge(ask().body(), 1, Integer::sum);
        }
        return answers;
    }

    private List<String> names() {
        return proxy().upstreams().iterator().next().servers().stream()
                .map(UpstreamServer::name)
                .toList();
    }

    private static String body(ServiceTarget target) {
        return String.valueOf(target.address().port());
    }

    @Test
    void shouldShareRequestsAsTheRecordsSayAndFollowThem() throws Exception {
        // Given
        ServiceTarget heavy = server(10, 40);
        ServiceTarget light = server(10, 0);
        ServiceTarget standby = server(20, 40);
        targets = List.of(standby, light, heavy);
        run();

        // Then
        Map<String, Integer> first = ask(100);
        assertThat(first).doesNotContainKey(body(standby));
        assertThat(first.get(body(heavy))).isGreaterThan(60);
        long requests = proxy().upstreams().iterator().next().servers().stream()
                .mapToLong(each -> each.requests().requests())
                .sum();
        assertThat(requests).isEqualTo(100);

        // When
        ServiceTarget added = server(20, 40);
        targets = List.of(standby, added);

        // Then
        await().untilAsserted(() -> assertThat(names())
                .containsExactlyInAnyOrder(
                        standby.address().toString(), added.address().toString()));
        assertThat(ask(100)).containsOnlyKeys(body(standby), body(added));
        ByteArrayOutputStream page = new ByteArrayOutputStream();
        proxy().metrics().scrape(page);
        assertThat(page.toString(US_ASCII)).contains("reloads_total{listener=\"dns\",result=\"success\"} 2.0");

        // When
        targets = List.of();
        UpstreamServer kept = proxy().upstreams().iterator().next().servers().getFirst();
        long before = proxy().upstreams().iterator().next().servers().size();

        // Then
        await().during(Duration.ofMillis(1500))
                .untilAsserted(() -> assertThat(names()).hasSize((int) before));
        assertThat(proxy().upstreams().iterator().next().servers()).contains(kept);
        assertThat(ask().statusCode()).isEqualTo(200);
    }

    @Test
    void shouldAnswer502UntilThereIsAnAnswer() throws Exception {
        // Given
        run();
        assertThat(ask().statusCode()).isEqualTo(502);
        assertThat(names()).containsExactly("srv:_api._tcp.offramp-test.example");

        // When
        ServiceTarget late = server(0, 1);
        targets = List.of(late);

        // Then
        await().untilAsserted(() -> assertThat(ask().body()).isEqualTo(body(late)));
    }
}
