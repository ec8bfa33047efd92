package io.offramp.proxy.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.offramp.offload.sw.SwProvider;
import io.offramp.proxy.config.ConfigLoader;
import io.offramp.proxy.config.ConfigResult;
import io.offramp.proxy.handshake.certificate.DevelopmentCertificate;
import io.offramp.proxy.handshake.engine.TrustsAll;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;

/** A proxy from the file of its configuration, a server behind it, and a client that takes its certificate. */
final class ConfiguredProxy implements AutoCloseable {
    private final HttpServer server;
    private final ProxyServer proxy;
    private final HttpClient client;

    private ConfiguredProxy(HttpServer server, ProxyServer proxy, HttpClient client) {
        this.server = server;
        this.proxy = proxy;
        this.client = client;
    }

    /**
     * Starts all three.
     *
     * @param dir gets the file and a certificate
     * @param yaml has {@code %s} for the certificate's file, then {@code %d} for the port of the server
     * @param handlers of the server, by path
     */
    static ConfiguredProxy start(Path dir, String yaml, Map<String, HttpHandler> handlers) throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        handlers.forEach(server::createContext);
        server.start();
        DevelopmentCertificate.create(dir);
        SSLContext context = TrustsAll.context();
        Path file = Files.writeString(
                dir.resolve("offramp.yaml"),
                yaml.formatted(
                        DevelopmentCertificate.FILE_NAME, server.getAddress().getPort()));
        ConfigResult result = new ConfigLoader(List.of(new SwProvider()), dir).load(file);
        assertThat(result).isInstanceOf(ConfigResult.Loaded.class);
        return new ConfiguredProxy(
                server,
                ProxyServer.start(((ConfigResult.Loaded) result).config(), List.of(new SwProvider())),
                HttpClient.newBuilder().sslContext(context).build());
    }

    /** The client, which follows no redirects. */
    HttpClient client() {
        return client;
    }

    /** The port of a listener, by its place in the file. */
    int port(int listener) {
        return proxy.listeners().get(listener).address().getPort();
    }

    /** A request to the first listener. */
    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("https://localhost:" + port(0) + path));
    }

    /** All metrics. */
    String metrics() throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        proxy.metrics().scrape(text);
        return text.toString(US_ASCII);
    }

    @Override
    public void close() {
        client.close();
        proxy.close();
        server.stop(0);
    }
}
