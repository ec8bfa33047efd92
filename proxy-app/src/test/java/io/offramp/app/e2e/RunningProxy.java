package io.offramp.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.app.demo.DemoUpstream;
import io.offramp.app.train.TemporaryDirectory;
import io.offramp.offload.OffloadProvider;
import io.offramp.proxy.config.ConfigLoader;
import io.offramp.proxy.config.ConfigResult;
import io.offramp.proxy.config.ListenerConfig.Mode;
import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.handshake.certificate.DevelopmentCertificate;
import io.offramp.proxy.server.ProxyServer;
import java.io.IOException;
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
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The whole proxy with a backend, by default the device, in front of the demo upstream, on loopback. */
public final class RunningProxy implements AutoCloseable {
    private final TemporaryDirectory files;
    private final DemoUpstream upstream;
    private final ProxyServer server;

    /** HTTP mode. */
    static RunningProxy http(OffloadMode tx, OffloadMode rx) throws Exception {
        return new RunningProxy(Mode.HTTP, tx, rx, Map.of());
    }

    /** With kernel TLS in place of the device. */
    static RunningProxy ktls(Mode mode, OffloadMode tx, OffloadMode rx, int upstreamPort) throws Exception {
        return new RunningProxy("ktls", mode, tx, rx, Map.of(), servers(upstreamPort), UnaryOperator.identity(), "");
    }

    /**
     * HTTP mode, with HTTP/2 to the server.
     *
     * @param upstreamPort on loopback
     */
    public static RunningProxy h2c(OffloadMode tx, OffloadMode rx, int upstreamPort) throws Exception {
        String servers = "{servers: %s, protocol: h2c}".formatted(servers(upstreamPort));
        return new RunningProxy("device", Mode.HTTP, tx, rx, Map.of(), servers, UnaryOperator.identity());
    }

    /**
     * In front of other servers, with software towards clients.
     *
     * @param upstream in YAML
     */
    static RunningProxy to(Mode mode, String upstream) throws Exception {
        return new RunningProxy(
                "device", mode, OffloadMode.SW, OffloadMode.SW, Map.of(), upstream, UnaryOperator.identity());
    }

    /**
     * In front of the demo upstream.
     *
     * @param device its settings
     * @param more lines of YAML: further sections of the configuration
     */
    RunningProxy(Mode mode, OffloadMode tx, OffloadMode rx, Map<String, String> device, String... more)
            throws Exception {
        this(mode, tx, rx, device, 0, more);
    }

    /** @param upstreamPort on loopback, in place of the demo upstream; 0 for that */
    RunningProxy(
            Mode mode, OffloadMode tx, OffloadMode rx, Map<String, String> device, int upstreamPort, String... more)
            throws Exception {
        this("device", mode, tx, rx, device, servers(upstreamPort), UnaryOperator.identity(), more);
    }

    /** @param backends sees each provider of a backend before it is used */
    RunningProxy(
            Mode mode,
            OffloadMode tx,
            OffloadMode rx,
            Map<String, String> device,
            UnaryOperator<OffloadProvider> backends)
            throws Exception {
        this("device", mode, tx, rx, device, servers(0), backends);
    }

    private RunningProxy(
            String backend,
            Mode mode,
            OffloadMode tx,
            OffloadMode rx,
            Map<String, String> settings,
            String servers,
            UnaryOperator<OffloadProvider> backends,
            String... more)
            throws Exception {
        files = TemporaryDirectory.create("offramp-test");
        Path directory = files.path();
        Path pem = DevelopmentCertificate.create(directory);
        upstream = DemoUpstream.start(0);
        Path file = Files.writeString(directory.resolve("offramp.yaml"), """
                listeners:
                  - name: test
                    bind: 127.0.0.1:0
                    mode: %s
                    tls: {cert: %s}
                    offload: %s
                    upstream: demo
                upstreams: {demo: %s}
                admin: {bind: 127.0.0.1:0}
                offload: {%s: %s}
                logging: {access: {to: "file:access.log"}}
                threads: 2
                %s
                """.formatted(
                        lower(mode),
                        pem,
                        offload(backend, tx, rx),
                        servers.isEmpty() ? servers(upstream.port()) : servers,
                        backend,
                        settings.entrySet().stream()
                                .map(each -> each.getKey() + ": \"" + each.getValue() + "\"")
                                .collect(Collectors.joining(", ", "{", "}")),
                        String.join("\n", more)));
        List<OffloadProvider> providers = ServiceLoader.load(OffloadProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
        ConfigResult result = new ConfigLoader(providers, directory).load(file);
        assertThat(result).isInstanceOf(ConfigResult.Loaded.class);
        server = ProxyServer.start(
                ((ConfigResult.Loaded) result).config(),
                providers.stream().map(backends).toList());
    }

    /** A server on loopback, in YAML; empty for port 0. */
    private static String servers(int port) {
        return port == 0 ? "" : "[\"127.0.0.1:%d\"]".formatted(port);
    }

    private static String offload(String backend, OffloadMode tx, OffloadMode rx) {
        return tx == OffloadMode.HW_RECORD
                ? "{backend: " + backend + ", mode: hw-record}"
                : "{backend: " + backend + ", tx: " + lower(tx) + ", rx: " + lower(rx) + "}";
    }

    private static String lower(Enum<?> name) {
        return name.name().toLowerCase(Locale.ROOT);
    }

    public InetSocketAddress address() {
        return server.listeners().getFirst().address();
    }

    public int port() {
        return address().getPort();
    }

    ProxyServer server() {
        return server;
    }

    /** Lines of the access log so far. */
    public List<String> accessLines() throws IOException {
        return Files.readAllLines(files.path().resolve("access.log"));
    }

    /** Open connections now. */
    public List<Connection> connections() {
        List<Connection> open = new ArrayList<>();
        server.connections().forEach(open::add);
        return open;
    }

    /** Port of the admin endpoint. */
    int adminPort() {
        return Objects.requireNonNull(server.adminPort());
    }

    /** A page of the admin endpoint. */
    String admin(String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.adminPort() + path))
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
        }
    }

    /** The hash of the upstream's body, read without the proxy. */
    String upstreamHash(String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + upstream.port() + path))
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            return Clients.hash(client.send(request, HttpResponse.BodyHandlers.ofInputStream())
                    .body());
        }
    }

    /**
     * The value of a counter on the metrics page, summed over its labels; 0 if it is not there.
     *
     * @param labels only series with all of these: {@code reason="timeout"}
     */
    public double metric(String name, String... labels) throws IOException, InterruptedException {
        return admin("/metrics")
                .lines()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .filter(line -> Stream.of(labels).allMatch(line::contains))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    @Override
    public void close() throws IOException {
        server.close(Duration.ZERO);
        upstream.close();
        files.close();
    }
}
