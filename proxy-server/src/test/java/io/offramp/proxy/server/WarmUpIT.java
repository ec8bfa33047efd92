package io.offramp.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.offramp.offload.sw.SwProvider;
import io.offramp.proxy.config.ConfigLoader;
import io.offramp.proxy.config.ConfigResult;
import io.offramp.proxy.handshake.certificate.DevelopmentCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The load that a proxy gives itself. */
@Timeout(120)
class WarmUpIT {
    private static final String LISTENERS = """
            listeners:
              - {bind: 127.0.0.1:0, tls: {cert: %2$s}, upstream: 127.0.0.1:%1$d}
              - {bind: 127.0.0.1:0, mode: tcp, tls: {cert: %2$s, versions: ['1.2']}, \
            upstream: 127.0.0.1:%1$d}
            admin: {bind: 127.0.0.1:0}
            """;

    private final HttpClient client = HttpClient.newHttpClient();

    @TempDir
    private Path dir;

    @BeforeEach
    void makeCertificate() throws Exception {
        DevelopmentCertificate.create(dir);
    }

    @Test
    void shouldBecomeReadyWithoutATraceInMetricsOrAtItsServers() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ProxyServer proxy = start(server.getLocalPort(), "warmup: 2s")) {
            // When
            Set<String> answers = new TreeSet<>();
            await().atMost(Duration.ofMinutes(1)).until(() -> {
                HttpResponse<String> answer = get(proxy, "/healthz/ready");
                answers.add(answer.statusCode() + " " + answer.body());
                return answer.statusCode() == 200;
            });

            // Then
            assertThat(answers).containsExactly("200 ok\n", "503 warming\n");
            assertThat(get(proxy, "/metrics").body().lines())
                    .filteredOn(line -> line.startsWith("offramp_connections_total")
                            || line.startsWith("offramp_requests_total")
                            || line.startsWith("offramp_handshakes_total"))
                    .isNotEmpty()
                    .allMatch(line -> line.endsWith(" 0.0"));
            server.setSoTimeout(1);
            assertThatThrownBy(server::accept).isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void shouldBeReadyAtOnceWithoutAWarmUp() throws Exception {
        try (ProxyServer proxy = start(1, "")) {
            assertThat(get(proxy, "/healthz/ready").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void shouldEndItsWarmUpWhenTheProxyCloses() throws Exception {
        // Given
        ProxyServer proxy = start(1, "warmup: 1h");
        assertThat(warmUps()).isPositive();

        // When
        proxy.close();

        // Then
        await().atMost(Duration.ofSeconds(30)).until(() -> warmUps() == 0);
    }

    @Test
    void shouldLetNobodyElseConnectToTheListenerOfAWarmUp() throws Exception {
        // Given
        EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        OwnClients own = new OwnClients();
        try {
            Channel listening = new ServerBootstrap()
                    .group(loop)
                    .channel(NioServerSocketChannel.class)
                    .handler(own.before(new ChannelInboundHandlerAdapter()))
                    .childHandler(new Greeting())
                    .bind(InetAddress.getLoopbackAddress(), 0)
                    .sync()
                    .channel();
            int port = ((InetSocketAddress) listening.localAddress()).getPort();

            // When, Then
            try (Socket ours = own.dial(port)) {
                assertThat(ours.getInputStream().read()).isEqualTo('!');
            }
            try (Socket stranger = new Socket(InetAddress.getLoopbackAddress(), port)) {
                assertThat(endOf(stranger)).isTrue();
            }
        } finally {
            loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
        }
    }

    /** True if it was closed or reset before a byte came. */
    private static boolean endOf(Socket socket) {
        try {
            return socket.getInputStream().read() < 0;
        } catch (IOException e) {
            return true;
        }
    }

    private static long warmUps() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("offramp-warmup"))
                .count();
    }

    private HttpResponse<String> get(ProxyServer proxy, String path) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + proxy.adminPort() + path);
        return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }

    private ProxyServer start(int upstreamPort, String more) throws Exception {
        Path file = Files.writeString(
                dir.resolve("proxy.yaml"), LISTENERS.formatted(upstreamPort, DevelopmentCertificate.FILE_NAME) + more);
        ConfigResult result = new ConfigLoader(List.of(new SwProvider()), dir).load(file);
        assertThat(result).isInstanceOf(ConfigResult.Loaded.class);
        return ProxyServer.start(((ConfigResult.Loaded) result).config(), List.of(new SwProvider()));
    }

    @Sharable
    private static final class Greeting extends ChannelInboundHandlerAdapter {
        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            ctx.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {'!'}));
        }
    }
}
