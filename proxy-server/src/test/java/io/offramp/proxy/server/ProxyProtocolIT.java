package io.offramp.proxy.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.offramp.offload.sw.SwProvider;
import io.offramp.proxy.config.ConfigLoader;
import io.offramp.proxy.config.ConfigResult;
import io.offramp.proxy.handshake.certificate.DevelopmentCertificate;
import io.offramp.proxy.handshake.engine.TrustsAll;
import io.offramp.proxy.net.proxyprotocol.ProxyHeader;
import io.offramp.proxy.net.proxyprotocol.ProxyHeaderReader;
import io.offramp.proxy.net.proxyprotocol.ProxyHeaderReader.Result;
import io.offramp.proxy.net.proxyprotocol.ProxyHeaderWriter;
import io.offramp.proxy.net.proxyprotocol.Tlv;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A proxy in front of ours that names its clients. */
class ProxyProtocolIT {
    private static final InetSocketAddress CLIENT = new InetSocketAddress(InetAddress.ofLiteral("192.0.2.7"), 51234);
    private static final InetSocketAddress SITE = new InetSocketAddress(InetAddress.ofLiteral("198.51.100.1"), 443);

    private HttpServer upstream;

    @SuppressWarnings("NullAway.Init") // each test starts its own
    private ProxyServer proxy;

    @TempDir
    private Path dir;

    @BeforeEach
    void start() throws Exception {
        upstream = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        upstream.createContext("/", exchange -> {
            byte[] body =
                    exchange.getRequestHeaders().getFirst("X-Forwarded-For").getBytes(US_ASCII);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        upstream.start();
        DevelopmentCertificate.create(dir);
    }

    @AfterEach
    void stop() {
        proxy.close();
        upstream.stop(0);
    }

    private void start(String proxies) throws Exception {
        run("""
                listeners:
                  - bind: 127.0.0.1:0
                    tls: {cert: %s}
                    upstream: 127.0.0.1:%d
                    proxy-protocol: [%s]
                logging: {access: {to: "file:access.log", format: "{peer} {status}"}}
                """.formatted(
                        DevelopmentCertificate.FILE_NAME, upstream.getAddress().getPort(), proxies));
    }

    private void run(String config) throws Exception {
        Path file = Files.writeString(dir.resolve("offramp.yaml"), config);
        ConfigResult result = new ConfigLoader(List.of(new SwProvider()), dir).load(file);
        assertThat(result).isInstanceOf(ConfigResult.Loaded.class);
        proxy = ProxyServer.start(((ConfigResult.Loaded) result).config(), List.of(new SwProvider()));
    }

    /** The answer to a request behind this header. */
    private String ask(ByteBuf header) throws Exception {
        SSLContext context = TrustsAll.context();
        int port = proxy.listeners().getFirst().address().getPort();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(10_000);
            header.readBytes(socket.getOutputStream(), header.readableBytes());
            SSLSocket tls = (SSLSocket) context.getSocketFactory().createSocket(socket, "localhost", port, true);
            tls.getOutputStream()
                    .write("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".getBytes(US_ASCII));
            return new String(tls.getInputStream().readAllBytes(), US_ASCII);
        }
    }

    @Test
    void shouldNameTheClientToLogAndServer() throws Exception {
        // Given
        start("127.0.0.1");
        ByteBuf one = Unpooled.buffer();
        ProxyHeaderWriter.version1(CLIENT, SITE, one);
        ByteBuf two = Unpooled.buffer();
        ProxyHeaderWriter.version2(CLIENT, SITE, List.of(new Tlv(Tlv.Type.AUTHORITY, "localhost")), two);

        // When, Then
        assertThat(ask(one)).endsWith("\r\n\r\n192.0.2.7");
        assertThat(ask(two)).endsWith("\r\n\r\n192.0.2.7");
        await().untilAsserted(() -> assertThat(Files.readAllLines(dir.resolve("access.log")))
                .containsExactly("192.0.2.7:51234 200", "192.0.2.7:51234 200"));
    }

    @Test
    void shouldNameTheClientToAServerInTcpMode() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            run("""
                    listeners:
                      - {bind: "127.0.0.1:0", mode: tcp, tls: {cert: %s}, upstream: db}
                    upstreams:
                      db: {servers: ["127.0.0.1:%d"], proxy-protocol: v2}
                    """.formatted(DevelopmentCertificate.FILE_NAME, server.getLocalPort()));
            try (SSLSocket client = connect()) {
                client.getOutputStream().write("hello".getBytes(US_ASCII));

                try (Socket accepted = server.accept()) {
                    accepted.setSoTimeout(10_000);
                    ByteBuf in = Unpooled.buffer();
                    while (!(ProxyHeaderReader.read(in) instanceof Result.Complete)) {
                        in.writeBytes(accepted.getInputStream(), 1);
                    }
                    InetSocketAddress source =
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), client.getLocalPort());
                    InetSocketAddress destination = proxy.listeners().getFirst().address();
                    assertThat(ProxyHeaderReader.read(in))
                            .isEqualTo(new Result.Complete(
                                    new ProxyHeader.Proxied(source, destination), in.readableBytes()));
                    assertThat(in.toString(ISO_8859_1)).contains("TLSv1.3", "TLS_AES");
                    assertThat(accepted.getInputStream().readNBytes(5)).isEqualTo("hello".getBytes(US_ASCII));
                }
            }
        }
    }

    private SSLSocket connect() throws Exception {
        SSLContext context = TrustsAll.context();
        int port = proxy.listeners().getFirst().address().getPort();
        return (SSLSocket) context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
    }

    @Test
    void shouldTakeNoHeaderFromOthers() throws Exception {
        start("192.0.2.0/24");
        ByteBuf one = Unpooled.buffer();
        ProxyHeaderWriter.version1(CLIENT, SITE, one);

        assertThat(ask(Unpooled.EMPTY_BUFFER)).endsWith("\r\n\r\n127.0.0.1");
        assertThatThrownBy(() -> ask(one)).isInstanceOf(IOException.class);
    }
}
