package io.offramp.app.e2e;

import io.offramp.app.demo.DemoUpstream;
import io.offramp.offload.OffloadProvider;
import io.offramp.proxy.budget.LimitConfig;
import io.offramp.proxy.channel.TimeoutConfig;
import io.offramp.proxy.config.AdminConfig;
import io.offramp.proxy.config.ListenerConfig.Mode;
import io.offramp.proxy.config.ListenerConfig;
import io.offramp.proxy.config.LoggingConfig;
import io.offramp.proxy.config.ProxyConfig;
import io.offramp.proxy.config.TlsConfig;
import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.exchange.RouteConfig;
import io.offramp.proxy.handshake.certificate.CertificateFiles;
import io.offramp.proxy.handshake.certificate.DevelopmentCertificate;
import io.offramp.proxy.net.HostPort;
import io.offramp.proxy.server.ProxyServer;
import io.offramp.proxy.session.OffloadConfig.Policy;
import io.offramp.proxy.session.OffloadConfig;
import io.offramp.proxy.upstream.UpstreamConfig;
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
import java.util.Map;
import java.util.ServiceLoader;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** The whole proxy with a backend, by default the device, in front of the demo upstream, on loopback. */
final class RunningProxy implements AutoCloseable {
    private final DemoUpstream upstream;
    private final ProxyServer server;

    /** HTTP mode. */
    static RunningProxy http(Policy tx, Policy rx) throws Exception {
        return new RunningProxy(Mode.HTTP, tx, rx, Map.of(), TimeoutConfig.DEFAULTS);
    }

    /** With kernel TLS in place of the device. */
    static RunningProxy ktls(Mode mode, Policy tx, Policy rx, int upstreamPort) throws Exception {
        return new RunningProxy(
                "ktls",
                mode,
                tx,
                rx,
                Map.of(),
                TimeoutConfig.DEFAULTS,
                LimitConfig.DEFAULTS,
                upstreamPort,
                UnaryOperator.identity());
    }

    /** In front of the demo upstream. */
    RunningProxy(Mode mode, Policy tx, Policy rx, Map<String, String> device, TimeoutConfig timeouts) throws Exception {
        this(mode, tx, rx, device, timeouts, 0);
    }

    /** @param upstreamPort on loopback, in place of the demo upstream; 0 for that */
    RunningProxy(Mode mode, Policy tx, Policy rx, Map<String, String> device, TimeoutConfig timeouts, int upstreamPort)
            throws Exception {
        this(mode, tx, rx, device, timeouts, LimitConfig.DEFAULTS, upstreamPort);
    }

    /** With all parameters that tests change. */
    RunningProxy(
            Mode mode,
            Policy tx,
            Policy rx,
            Map<String, String> device,
            TimeoutConfig timeouts,
            LimitConfig limits,
            int upstreamPort)
            throws Exception {
        this(mode, tx, rx, device, timeouts, limits, upstreamPort, UnaryOperator.identity());
    }

    /** @param backends sees each provider of a backend before it is used */
    RunningProxy(
            Mode mode,
            Policy tx,
            Policy rx,
            Map<String, String> device,
            TimeoutConfig timeouts,
            LimitConfig limits,
            int upstreamPort,
            UnaryOperator<OffloadProvider> backends)
            throws Exception {
        this("device", mode, tx, rx, device, timeouts, limits, upstreamPort, backends);
    }

    private RunningProxy(
            String backend,
            Mode mode,
            Policy tx,
            Policy rx,
            Map<String, String> settings,
            TimeoutConfig timeouts,
            LimitConfig limits,
            int upstreamPort,
            UnaryOperator<OffloadProvider> backends)
            throws Exception {
        Path directory = Files.createTempDirectory("offramp-test");
        Path pem = DevelopmentCertificate.create(directory);
        upstream = DemoUpstream.start(0);
        ListenerConfig listener = new ListenerConfig(
                "test",
                new HostPort("127.0.0.1", 0),
                mode,
                TlsConfig.of(CertificateFiles.of(pem, pem), mode),
                new OffloadConfig(backend, tx, rx),
                List.of(new RouteConfig(null, "/", "demo")));
        ProxyConfig config = new ProxyConfig(
                List.of(listener),
                Map.of(
                        "demo",
                        new UpstreamConfig(
                                "demo",
                                List.of(new HostPort(
                                        "127.0.0.1", upstreamPort == 0 ? upstream.port() : upstreamPort)))),
                AdminConfig.of(new HostPort("127.0.0.1", 0)),
                timeouts,
                limits,
                Map.of(backend, settings),
                new LoggingConfig(true, "info"),
                2);
        server = ProxyServer.start(
                config,
                ServiceLoader.load(OffloadProvider.class).stream()
                        .map(ServiceLoader.Provider::get)
                        .map(backends)
                        .toList());
    }

    InetSocketAddress address() {
        return server.listeners().getFirst().address();
    }

    int port() {
        return address().getPort();
    }

    ProxyServer server() {
        return server;
    }

    /** Open connections now. */
    List<Connection> connections() {
        List<Connection> open = new ArrayList<>();
        server.connections().forEach(open::add);
        return open;
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
    double metric(String name, String... labels) throws IOException, InterruptedException {
        return admin("/metrics")
                .lines()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .filter(line -> Stream.of(labels).allMatch(line::contains))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    @Override
    public void close() {
        server.close(Duration.ZERO);
        upstream.close();
    }
}
