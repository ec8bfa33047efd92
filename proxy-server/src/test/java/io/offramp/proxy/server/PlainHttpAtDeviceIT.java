package io.offramp.proxy.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.offload.OffloadProvider;
import io.offramp.offload.device.DeviceProvider;
import io.offramp.offload.sw.SwProvider;
import io.offramp.proxy.config.ConfigLoader;
import io.offramp.proxy.config.ConfigResult;
import io.offramp.proxy.handshake.certificate.DevelopmentCertificate;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Plain HTTP at a port of TLS whose connections the device owns. */
class PlainHttpAtDeviceIT {
    private static final int TIMEOUT_MS = 20_000;

    @TempDir
    private Path dir;

    private ProxyServer start(String rules) throws Exception {
        DevelopmentCertificate.create(dir);
        Path file =
                Files.writeString(dir.resolve("offramp.yaml"), """
                listeners:
                  - bind: 127.0.0.1:0
                    tls: {cert: %s}
                    offload: {mode: hw-record}
                    %s
                    upstream: 127.0.0.1:1
                logging: {access: false}
                """.formatted(DevelopmentCertificate.FILE_NAME, rules));
        List<OffloadProvider> backends = List.of(new SwProvider(), new DeviceProvider());
        ConfigResult result = new ConfigLoader(backends, dir).load(file);
        assertThat(result).isInstanceOf(ConfigResult.Loaded.class);
        return ProxyServer.start(((ConfigResult.Loaded) result).config(), backends);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET /x?y HTTP/1.1\r\nHost: a.example\r\n", "POST /x?y HTTP/1.1\r\nHost: a.example\r\n"})
    void shouldSendClientsToHttps(String head) throws Exception {
        try (ProxyServer proxy = start("https-redirect: {port: 8443}")) {
            assertThat(answer(proxy, head))
                    .startsWith("HTTP/1.1 308 ")
                    .contains("\r\nLocation: https://a.example:8443/x?y\r\n");
        }
    }

    @Test
    void shouldSayThatItSpeaksTlsWithoutARule() throws Exception {
        try (ProxyServer proxy = start("hsts: true")) {
            assertThat(answer(proxy, "GET / HTTP/1.1\r\nHost: a.example\r\n")).startsWith("HTTP/1.1 400 ");
        }
    }

    private static String answer(ProxyServer proxy, String head) throws Exception {
        int port = proxy.listeners().getFirst().address().getPort();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(TIMEOUT_MS);
            socket.getOutputStream().write((head + "Connection: close\r\n\r\n").getBytes(US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), US_ASCII);
        }
    }
}
