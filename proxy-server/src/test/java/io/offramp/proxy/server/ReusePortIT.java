package io.offramp.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.offramp.offload.sw.SwProvider;
import io.offramp.proxy.config.ConfigLoader;
import io.offramp.proxy.config.ConfigResult;
import io.offramp.proxy.config.ProxyConfig;
import io.offramp.proxy.handshake.certificate.DevelopmentCertificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two proxies on one address. */
class ReusePortIT {
    @TempDir
    private Path dir;

    @Test
    void shouldLetAnotherBindTheAddressIfBothSayIt() throws Exception {
        DevelopmentCertificate.create(dir);
        try (ProxyServer one = ProxyServer.start(config(0, true), List.of(new SwProvider()))) {
            int port = one.listeners().getFirst().address().getPort();
            try (ProxyServer other = ProxyServer.start(config(port, true), List.of(new SwProvider()))) {
                assertThat(other.listeners().getFirst().address().getPort()).isEqualTo(port);
            }
            ProxyConfig alone = config(port, false);
            assertThatThrownBy(() -> ProxyServer.start(alone, List.of(new SwProvider())))
                    .isInstanceOf(StartException.class)
                    .hasMessageContaining("Address already in use");
        }
    }

    private ProxyConfig config(int port, boolean reusePort) throws IOException {
        Path file = Files.writeString(
                dir.resolve("offramp.yaml"), """
                listeners:
                  - {bind: '127.0.0.1:%d', reuse-port: %s, tls: {cert: %s}, upstream: '127.0.0.1:1'}
                """.formatted(port, reusePort, DevelopmentCertificate.FILE_NAME));
        return ((ConfigResult.Loaded) new ConfigLoader(List.of(new SwProvider()), dir).load(file)).config();
    }
}
