package io.offramp.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.proxy.config.ListenerConfig.Mode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Map;
import java.util.Random;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bytes both ways inside TLS. That they carry HTTP here matters only to the upstream. */
class TcpModeIT {
    private static final int BYTES = 20 << 20;

    @ParameterizedTest(name = "{0} tx={1} rx={2}")
    @CsvSource({
        "TLSv1.3, SW, SW",
        "TLSv1.3, HW, HW",
        "TLSv1.2, AUTO, AUTO",
        "TLSv1.3, HW, SW",
        "TLSv1.3, HW_RECORD, HW_RECORD",
        "TLSv1.2, HW_RECORD, HW_RECORD"
    })
    void shouldCarryBytesBothWays(String version, OffloadMode tx, OffloadMode rx) throws Exception {
        String suite = version.equals("TLSv1.3") ? "TLS_AES_256_GCM_SHA384" : "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256";
        try (RunningProxy proxy = new RunningProxy(Mode.TCP, tx, rx, Map.of());
                FragmentingRelay relay = FragmentingRelay.to(proxy.address(), 3);
                SSLSocket socket = Clients.connect(relay.address(), version, suite)) {
            assertThat(Clients.getHash(socket, "/bytes/" + BYTES)).isEqualTo(proxy.upstreamHash("/bytes/" + BYTES));
            assertThat(Clients.post(socket, "/sha256", BYTES, 9)).startsWith(Clients.postHash(BYTES, 9));
        }
    }

    @ParameterizedTest
    @CsvSource({"SW", "HW", "HW_RECORD"})
    void shouldKeepTheAnswerFlowingBehindTheClientsEnd(OffloadMode policy) throws Exception {
        byte[] question = new byte[BYTES];
        new Random(5).nextBytes(question);
        try (ServerSocket upstream = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> answerBehindTheEnd(upstream));
            try (RunningProxy proxy = new RunningProxy(Mode.TCP, policy, policy, Map.of(), upstream.getLocalPort());
                    SSLSocket socket = Clients.connect(proxy.address(), "TLSv1.3", "TLS_AES_128_GCM_SHA256")) {
                socket.getOutputStream().write(question);
                socket.shutdownOutput();

                assertThat(Clients.hash(socket.getInputStream()))
                        .isEqualTo(Clients.hash(new ByteArrayInputStream(question)));
            }
        }
    }

    /** Sends everything back, but only once the client has ended. */
    private static void answerBehindTheEnd(ServerSocket upstream) {
        try (Socket socket = upstream.accept()) {
            byte[] question = socket.getInputStream().readAllBytes();
            socket.getOutputStream().write(question);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
