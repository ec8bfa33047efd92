package io.offramp.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.offramp.proxy.config.ListenerConfig.Mode;
import io.offramp.proxy.connection.Connection;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Long answers that go from the upstream's socket to the client's within the kernel, as the counter shows. */
class KtlsSpliceIT {
    private static final String TLS13 = "TLSv1.3";
    private static final String SUITE = "TLS_AES_128_GCM_SHA256";
    private static final String SUITE12 = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256";
    private static final String SPLICE_BYTES = "ktls_tx_splice_bytes";

    @BeforeAll
    static void assumeKernelTls() {
        KernelStat.assumeKernelTls();
    }

    /**
     * Sizes around the threshold and above, with short ones in between: both connections are reused after a spliced
     * body.
     */
    @ParameterizedTest
    @CsvSource({
        "TLSv1.3, TLS_AES_256_GCM_SHA384",
        "TLSv1.2, TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
        "TLSv1.3, TLS_CHACHA20_POLY1305_SHA256"
    })
    void shouldCarryEveryByteAndKeepBothConnections(String version, String suite) throws Exception {
        long sum = 0;
        try (RunningProxy proxy = RunningProxy.ktls(Mode.HTTP, OffloadMode.HW, OffloadMode.HW, 0);
                SSLSocket socket = Clients.connect(proxy.address(), version, suite)) {
            for (int bytes : new int[] {1_000, 65_536, 300_001, 0, (5 << 20) + 7, 17, 1_000_000, 1_000}) {
                assertThat(Clients.getHash(socket, "/bytes/" + bytes)).isEqualTo(proxy.upstreamHash("/bytes/" + bytes));
                sum += bytes;
            }

            assertThat(proxy.metric(SPLICE_BYTES)).isGreaterThan(0.8 * sum);
            Connection connection = proxy.connections().getFirst();
            assertThat(connection.tx().session().backend()).isEqualTo("ktls");
            assertThat(connection.tx().bytes()).isBetween(sum, sum + 8 * 500);
            assertThat(connection.tx().records()).isGreaterThanOrEqualTo(sum / 16_384);
            assertThat(proxy.metric("offramp_upstream_connect_duration_seconds_count"))
                    .isEqualTo(1);
        }
    }

    @Test
    void shouldCarryALongBody() throws Exception {
        long bytes = 24L << 20;
        try (RunningProxy proxy = RunningProxy.ktls(Mode.HTTP, OffloadMode.HW, OffloadMode.SW, 0);
                SSLSocket socket = Clients.connect(proxy.address(), TLS13, SUITE)) {
            assertThat(Clients.getHash(socket, "/bytes/" + bytes)).isEqualTo(proxy.upstreamHash("/bytes/" + bytes));
            assertThat(proxy.metric(SPLICE_BYTES)).isGreaterThan(0.9 * bytes);
        }
    }

    /** Slowly, through small windows, with close_notify behind the last byte: JSSE fails without it. */
    @ParameterizedTest
    @ValueSource(strings = {TLS13, "TLSv1.2"})
    void shouldLoseNothingToASlowReader(String version) throws Exception {
        int bytes = 3_000_000;
        try (RunningProxy proxy = RunningProxy.ktls(Mode.HTTP, OffloadMode.HW, OffloadMode.HW, 0);
                Socket tcp = new Socket()) {
            tcp.setReceiveBufferSize(8 << 10);
            tcp.connect(proxy.address());
            SSLSocket socket = Clients.connect(tcp, version, version.equals(TLS13) ? SUITE : SUITE12);
            Clients.send(socket, "GET /bytes/" + bytes + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

            assertThat(Clients.hash(Clients.body(socket))).isEqualTo(proxy.upstreamHash("/bytes/" + bytes));
            assertThat(socket.getInputStream().read()).as("close_notify").isNegative();
            assertThat(proxy.metric(SPLICE_BYTES)).isPositive();
        }
    }

    /** Neither bytes behind the upstream's end nor a reset complete a body of announced length. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldShowThatAnUpstreamDiedInMidBody(boolean reset) throws Exception {
        byte[] head = "HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        try (ServerSocket upstream = serve(reset, head, content(3 << 20));
                RunningProxy proxy =
                        RunningProxy.ktls(Mode.HTTP, OffloadMode.HW, OffloadMode.HW, upstream.getLocalPort());
                SSLSocket socket = Clients.connect(proxy.address(), TLS13, SUITE)) {
            Clients.send(socket, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
            InputStream body = Clients.body(socket);

            assertThatThrownBy(() -> Clients.hash(body)).isInstanceOf(IOException.class);
            await().untilAsserted(() -> assertThat(proxy.connections()).isEmpty());
            assertThat(proxy.metric(SPLICE_BYTES)).isPositive();
        }
    }

    @Test
    void shouldEndATunnelAsItsUpstreamDoes() throws Exception {
        byte[] content = content(8 << 20);
        try (ServerSocket upstream = serve(false, content);
                RunningProxy proxy =
                        RunningProxy.ktls(Mode.TCP, OffloadMode.HW, OffloadMode.HW, upstream.getLocalPort());
                SSLSocket socket = Clients.connect(proxy.address(), TLS13, SUITE)) {
            Clients.send(socket, "go\r\n\r\n");

            assertThat(Clients.hash(socket.getInputStream()))
                    .isEqualTo(Clients.hash(new ByteArrayInputStream(content)));
            assertThat(proxy.metric(SPLICE_BYTES)).isGreaterThan(0.5 * content.length);
        }
    }

    @Test
    void shouldNeverTakeAResetOfATunnelForItsEnd() throws Exception {
        try (ServerSocket upstream = serve(true, content(4 << 20));
                RunningProxy proxy =
                        RunningProxy.ktls(Mode.TCP, OffloadMode.HW, OffloadMode.HW, upstream.getLocalPort());
                SSLSocket socket = Clients.connect(proxy.address(), TLS13, SUITE)) {
            Clients.send(socket, "go\r\n\r\n");

            assertThatThrownBy(() -> Clients.hash(socket.getInputStream())).isInstanceOf(IOException.class);
        }
    }

    /** A client that leaves in mid-body leaves bytes in its pipe, so the pipe is not reused. */
    @Test
    void shouldLeaveNoDescriptorBehindClientsThatLeave() throws Exception {
        try (RunningProxy proxy = RunningProxy.ktls(Mode.HTTP, OffloadMode.HW, OffloadMode.HW, 0)) {
            leaveInMidBody(proxy, 2);
            await().untilAsserted(() -> assertThat(proxy.connections()).isEmpty());
            long sockets = descriptors("socket:");

            leaveInMidBody(proxy, 10);

            await().untilAsserted(() -> assertThat(proxy.connections()).isEmpty());
            await().untilAsserted(() -> assertThat(descriptors("socket:")).isLessThanOrEqualTo(sockets));
            assertThat(descriptors("pipe:"))
                    .as("four pipes for each of two loops, and the JVM's")
                    .isLessThanOrEqualTo(16 + 6);
            try (SSLSocket socket = Clients.connect(proxy.address(), TLS13, SUITE)) {
                assertThat(Clients.getHash(socket, "/bytes/1000000")).isEqualTo(proxy.upstreamHash("/bytes/1000000"));
            }
        }
    }

    private static void leaveInMidBody(RunningProxy proxy, int clients) throws IOException {
        for (int i = 0; i < clients; i++) {
            try (Socket tcp = new Socket()) {
                tcp.setReceiveBufferSize(8 << 10);
                tcp.connect(proxy.address());
                SSLSocket socket = Clients.connect(tcp, TLS13, SUITE);
                Clients.send(socket, "GET /bytes/100000000 HTTP/1.1\r\nHost: localhost\r\n\r\n");
                Clients.body(socket).readNBytes(400_000);
                tcp.setSoLinger(true, 0);
            }
        }
    }

    private static long descriptors(String kind) throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            List<Path> all = open.toList();
            return all.stream().filter(descriptor -> isOf(descriptor, kind)).count();
        }
    }

    private static boolean isOf(Path descriptor, String kind) {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith(kind);
        } catch (IOException closedMeanwhile) {
            return false;
        }
    }

    /** Sends these behind the first bytes of each client, and then ends the connection. */
    private static ServerSocket serve(boolean reset, byte[]... pieces) throws IOException {
        ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(() -> {
            while (!server.isClosed()) {
                try (Socket socket = server.accept()) {
                    socket.getInputStream().read(new byte[1_000]);
                    OutputStream out = socket.getOutputStream();
                    for (byte[] piece : pieces) {
                        out.write(piece);
                    }
                    if (reset) {
                        socket.setSoLinger(true, 0);
                    }
                } catch (IOException e) {
                    // of a test that has ended
                }
            }
        });
        return server;
    }

    private static byte[] content(int bytes) {
        byte[] content = new byte[bytes];
        new Random(bytes).nextBytes(content);
        return content;
    }
}
