package io.offramp.proxy.warmup;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.offramp.offload.sw.SwProvider;
import io.offramp.proxy.config.ConfigLoader;
import io.offramp.proxy.config.ConfigResult;
import io.offramp.proxy.handshake.certificate.DevelopmentCertificate;
import io.offramp.proxy.server.ProxyServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One round of the load, through a proxy. */
@Timeout(120)
class TlsLoadIT {
    private static final List<String> VERSIONS = List.of("TLSv1.3", "TLSv1.2");
    private static final String CONFIG = """
            listeners:
              - {bind: 127.0.0.1:0, tls: {cert: %2$s}, upstream: 127.0.0.1:%1$d}
              - {bind: 127.0.0.1:0, tls: {cert: %2$s, alpn: [http/1.1]}, upstream: 127.0.0.1:%1$d}
            logging: {access: {to: "file:%3$s", format: "{protocol} {status}"}}
            """;

    @TempDir
    private Path dir;

    @Test
    void shouldAskOverBothVersionsOfHttp() throws Exception {
        // Given
        DevelopmentCertificate.create(dir);
        Path log = dir.resolve("access.log");
        EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        TlsLoad load = new TlsLoad(Dialer.LOOPBACK);

        // When
        try (LoadServer server = LoadServer.start(loop, NioServerSocketChannel::new);
                ProxyServer proxy = start(CONFIG.formatted(server.port(), DevelopmentCertificate.FILE_NAME, log))) {
            List<TlsLoad.Target> targets =
                    List.of(target(proxy, 0, TlsLoad.Traffic.HTTP_2), target(proxy, 1, TlsLoad.Traffic.HTTP_1));
            load.run(targets, () -> true, roundNs -> false);
        } finally {
            loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
        }

        // Then
        Map<String, Long> answers =
                Files.readAllLines(log).stream().collect(Collectors.groupingBy(line -> line, Collectors.counting()));
        assertThat(answers.keySet()).containsExactlyInAnyOrder("HTTP/1.1 200", "HTTP/1.1 400", "HTTP/2.0 200");
        assertThat(answers.get("HTTP/2.0 200")).isEqualTo(VERSIONS.size() * (16L * 20 + 4 * 10 + 2 + 2));
        assertThat(answers.values().stream().mapToLong(each -> each).sum()).isEqualTo(load.requests());
    }

    private static TlsLoad.Target target(ProxyServer proxy, int listener, TlsLoad.Traffic traffic) {
        return new TlsLoad.Target(proxy.listeners().get(listener).address().getPort(), VERSIONS, traffic);
    }

    private ProxyServer start(String yaml) throws Exception {
        ConfigResult result =
                new ConfigLoader(List.of(new SwProvider()), dir).load(Files.writeString(dir.resolve("p.yaml"), yaml));
        assertThat(result).isInstanceOf(ConfigResult.Loaded.class);
        return ProxyServer.start(((ConfigResult.Loaded) result).config(), List.of(new SwProvider()));
    }
}
