package io.offramp.app.e2e;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.offramp.offload.RecordMode;
import io.offramp.proxy.config.ListenerConfig.Mode;
import io.offramp.proxy.connection.Connection;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The ends of sessions, and KeyUpdates, through real sockets. */
class SessionEdgesIT {
    private static final String TRUNCATED = "offramp_tls_truncated_closes_total";

    @ParameterizedTest(name = "{0} {1} {2}")
    @CsvSource({
        "HTTP, TLSv1.3, SW",
        "HTTP, TLSv1.2, HW",
        "TCP, TLSv1.3, HW",
        "TCP, TLSv1.2, SW",
        "HTTP, TLSv1.3, HW_RECORD",
        "TCP, TLSv1.2, HW_RECORD",
    })
    void shouldTellATruncatedEndFromACleanOne(Mode mode, String version, OffloadMode policy) throws Exception {
        try (RunningProxy proxy = proxy(mode, policy, 0)) {
            try (SSLSocket clean = Clients.connect(proxy.address(), version, suite(version))) {
                Clients.getHash(clean, "/bytes/1000");
            }
            await().untilAsserted(() -> assertThat(proxy.connections()).isEmpty());
            assertThat(proxy.metric(TRUNCATED)).isZero();

            try (Socket tcp = tcp(proxy)) {
                SSLSocket truncated = Clients.connect(tcp, version, suite(version));
                Clients.getHash(truncated, "/bytes/1000");
                tcp.shutdownOutput();
                assertThat(tcp.getInputStream().readAllBytes())
                        .as("what follows a FIN")
                        .hasSizeLessThan(100);
            }
            await().untilAsserted(() -> assertThat(proxy.connections()).isEmpty());
            assertThat(proxy.metric(TRUNCATED)).isEqualTo(1);
        }
    }

    @ParameterizedTest(name = "{0}, clean: {1}, {2}")
    @CsvSource({
        "TLSv1.3, true, HW",
        "TLSv1.3, false, HW",
        "TLSv1.2, true, HW",
        "TLSv1.2, false, HW",
        "TLSv1.3, true, HW_RECORD",
        "TLSv1.3, false, HW_RECORD",
    })
    void shouldNotPassATruncatedStreamOnAsACompleteOne(String version, boolean clean, OffloadMode policy)
            throws Exception {
        try (ServerSocket upstream = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<String> received = CompletableFuture.supplyAsync(() -> readAll(upstream));
            try (RunningProxy proxy = proxy(Mode.TCP, policy, upstream.getLocalPort());
                    Socket tcp = tcp(proxy)) {
                SSLSocket socket = Clients.connect(tcp, version, suite(version));
                Clients.send(socket, "half of it");
                await().until(() -> proxy.connections().getFirst().rx().bytes() == 10);

                if (clean) {
                    socket.shutdownOutput();
                    assertThat(received.get()).isEqualTo("half of it");
                } else {
                    tcp.shutdownOutput();
                    assertThatThrownBy(received::get)
                            .isInstanceOf(ExecutionException.class)
                            .hasRootCauseInstanceOf(IOException.class)
                            .hasStackTraceContaining("reset");
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SW", "HW", "HW_RECORD"})
    void shouldPassABrokenUpstreamOnAsAReset(OffloadMode policy) throws Exception {
        try (ServerSocket upstream = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                RunningProxy proxy = proxy(Mode.TCP, policy, upstream.getLocalPort());
                SSLSocket socket = Clients.connect(proxy.address(), "TLSv1.3", suite("TLSv1.3"))) {
            Clients.send(socket, "question");
            try (Socket broken = upstream.accept()) {
                broken.getInputStream().readNBytes(8);
                broken.getOutputStream().write("half an answ".getBytes(US_ASCII));
                assertThat(socket.getInputStream().readNBytes(12)).hasSize(12);
                broken.setSoLinger(true, 0);
            }

            assertThatThrownBy(() -> socket.getInputStream().read())
                    .isInstanceOf(IOException.class)
                    .hasStackTraceContaining("reset");
            await().untilAsserted(() -> assertThat(proxy.connections()).isEmpty());
        }
    }

    /** On epoll, a half-closed socket loses its connection at the next change of interest. */
    @ParameterizedTest(name = "{0} {1} {2}")
    @CsvSource({
        "HTTP, TLSv1.3, SW",
        "HTTP, TLSv1.3, HW",
        "TCP, TLSv1.3, HW",
        "TCP, TLSv1.3, SW",
        "HTTP, TLSv1.3, HW_RECORD",
        "TCP, TLSv1.3, HW_RECORD",
    })
    void shouldKeepASlowAnswerFlowingBehindCloseNotifyAndFin(Mode mode, String version, OffloadMode policy)
            throws Exception {
        int bytes = 30_000_000;
        try (ServerSocket upstream = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                RunningProxy proxy = proxy(mode, policy, upstream.getLocalPort());
                Socket tcp = new Socket()) {
            Thread.ofVirtual().start(() -> answer(upstream, bytes));
            tcp.setReceiveBufferSize(16 << 10);
            tcp.connect(proxy.address());
            SSLSocket socket = Clients.connect(tcp, version, suite(version));
            Clients.send(socket, "GET /bytes/" + bytes + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            InputStream body = Clients.body(socket); // the answer has begun
            socket.shutdownOutput(); // JSSE ends the TCP stream, too
            assertThat(tcp.isOutputShutdown()).isTrue();
            awaitStall(proxy);

            body.readNBytes(5_000_000);
            awaitStall(proxy);

            assertThat(body.readAllBytes()).hasSize(bytes - 5_000_000);
            assertThat(socket.getInputStream().read()).as("close_notify").isNegative();
            assertThat(proxy.metric(TRUNCATED)).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SW", "HW", "HW_RECORD"})
    void shouldCallOffARequestWhoseClientHasLeft(OffloadMode policy) throws Exception {
        try (ServerSocket upstream = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                RunningProxy proxy = proxy(Mode.HTTP, policy, upstream.getLocalPort());
                SSLSocket socket = Clients.connect(proxy.address(), "TLSv1.3", suite("TLSv1.3"))) {
            Clients.send(socket, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
            try (Socket silent = upstream.accept()) {
                silent.setSoTimeout(10_000);
                assertThat(silent.getInputStream().read()).isEqualTo('G');

                socket.shutdownOutput(); // close_notify and FIN

                assertThat(new String(silent.getInputStream().readAllBytes(), US_ASCII))
                        .endsWith("\r\n\r\n");
            }
            await().untilAsserted(() -> assertThat(proxy.connections()).isEmpty());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SW", "HW", "HW_RECORD"})
    void shouldShowThe413ToAClientThatIsStillSending(OffloadMode policy) throws Exception {
        try (RunningProxy proxy = new RunningProxy(Mode.HTTP, policy, policy, Map.of(), "limits: {body: 1000}");
                SSLSocket socket = Clients.connect(proxy.address(), "TLSv1.3", suite("TLSv1.3"))) {
            Clients.send(socket, "POST /sha256 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 8000000\r\n\r\n");
            socket.getOutputStream().write(new byte[8_000_000]);

            String answer = new String(socket.getInputStream().readAllBytes(), US_ASCII);

            assertThat(answer).startsWith("HTTP/1.1 413 ").endsWith("\n");
        }
    }

    /** Bytes that a client pipelines behind its last request must not turn our close into a reset. */
    @ParameterizedTest
    @EnumSource(names = {"SW", "HW", "HW_RECORD"})
    void shouldDeliverTheLastAnswerToAClientThatIsStillSending(OffloadMode policy) throws Exception {
        int bytes = 2_000_000;
        try (RunningProxy proxy = proxy(Mode.HTTP, policy, 0);
                Socket tcp = new Socket()) {
            tcp.setReceiveBufferSize(16 << 10);
            tcp.connect(proxy.address());
            SSLSocket socket = Clients.connect(tcp, "TLSv1.3", suite("TLSv1.3"));
            Clients.send(socket, "GET /bytes/" + bytes + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            Thread pipelining = Thread.ofVirtual().start(() -> pipeline(socket));

            assertThat(Clients.hash(Clients.body(socket))).isEqualTo(proxy.upstreamHash("/bytes/" + bytes));
            pipelining.interrupt();
            pipelining.join();
        }
    }

    @Test
    void shouldAnswerAHundredRequestsInOneRecord() throws Exception {
        try (RunningProxy proxy = proxy(Mode.HTTP, OffloadMode.HW, 0);
                SSLSocket socket = Clients.connect(proxy.address(), "TLSv1.3", suite("TLSv1.3"))) {
            Clients.send(socket, "GET /bytes/1000 HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(100));

            for (int i = 0; i < 100; i++) {
                assertThat(Clients.hash(Clients.body(socket))).isEqualTo(proxy.upstreamHash("/bytes/1000"));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP", "TCP"})
    void shouldServeHttp10WithoutHost(Mode mode) throws Exception {
        try (RunningProxy proxy = proxy(mode, OffloadMode.HW, 0);
                SSLSocket socket = Clients.connect(proxy.address(), "TLSv1.3", suite("TLSv1.3"))) {
            Clients.send(socket, "GET /bytes/1000 HTTP/1.0\r\n\r\n");

            assertThat(new String(socket.getInputStream().readAllBytes(), US_ASCII))
                    .startsWith("HTTP/1.1 200 OK\r\n");
        }
    }

    @ParameterizedTest(name = "tx={0} rx={1}")
    @CsvSource({"SW, SW", "HW, SW", "SW, HW", "HW, HW", "HW_RECORD, HW_RECORD"})
    void shouldGoOnBehindOpensslsKeyUpdates(OffloadMode tx, OffloadMode rx) throws Exception {
        String received = "offramp_tls_key_updates_total";
        try (RunningProxy proxy = RunningProxy.http(tx, rx);
                OpensslClient openssl = new OpensslClient(proxy.port(), "-tls1_3")) {
            await().until(() -> proxy.metric("offramp_handshakes_total") == 1);

            openssl.type("K");
            await().until(() -> proxy.metric(received, "direction=\"sent\"") == 1);
            openssl.type("k");
            await().until(() -> proxy.metric(received, "direction=\"received\"") == 2);
            openssl.type("GET /bytes/2000000 HTTP/1.1\r\nHost: localhost\r\n\r");
            await().until(() -> openssl.outputBytes() > 2_000_000);
            openssl.type("K");
            await().until(() -> proxy.metric(received, "direction=\"sent\"") == 2);
            openssl.type("GET /bytes/1000 HTTP/1.1\r\nHost: localhost\r\n\r");
            await().until(() -> openssl.outputBytes() > 2_001_000);

            Connection connection = proxy.connections().getFirst();
            assertThat(connection.rx().rekeys()).isEqualTo(3);
            assertThat(connection.tx().rekeys()).isEqualTo(2);
            assertThat(connection.tx().session().mode()).isEqualTo(RecordMode.valueOf(tx.name()));
            assertThat(connection.rx().session().mode()).isEqualTo(RecordMode.valueOf(rx.name()));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SW", "HW", "HW_RECORD"})
    void shouldRefuseToRenegotiate(OffloadMode policy) throws Exception {
        try (RunningProxy proxy = RunningProxy.http(policy, policy);
                OpensslClient openssl = new OpensslClient(proxy.port(), "-tls1_2")) {
            await().until(() -> proxy.metric("offramp_handshakes_total") == 1);

            openssl.type("R");

            await().until(() -> proxy.metric("offramp_tls_alerts_total", "no_renegotiation", "sent") == 1);
            assertThat(openssl.exitCode()).isNotZero();
            assertThat(openssl.output()).contains("no renegotiation");
            assertThat(proxy.metric("offramp_handshakes_total")).isEqualTo(1);
        }
    }

    private static RunningProxy proxy(Mode mode, OffloadMode policy, int upstreamPort) throws Exception {
        return new RunningProxy(mode, policy, policy, Map.of(), upstreamPort);
    }

    private static String suite(String version) {
        return version.equals("TLSv1.3") ? "TLS_AES_128_GCM_SHA256" : "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256";
    }

    private static Socket tcp(RunningProxy proxy) throws IOException {
        return new Socket(proxy.address().getAddress(), proxy.port());
    }

    private static void pipeline(SSLSocket socket) {
        try {
            while (!Thread.interrupted()) {
                Clients.send(socket, "GET /bytes/1 HTTP/1.1\r\nHost: localhost\r\n\r\n");
            }
        } catch (IOException e) {
            // The proxy has closed behind its answer.
        }
    }

    /** Answers the first bytes that come, whether or not more do. */
    private static void answer(ServerSocket upstream, int bytes) {
        try (Socket socket = upstream.accept()) {
            socket.getInputStream().read(new byte[4096]);
            socket.getOutputStream()
                    .write(("HTTP/1.1 200 OK\r\nContent-Length: " + bytes + "\r\n\r\n").getBytes(US_ASCII));
            socket.getOutputStream().write(new byte[bytes]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String readAll(ServerSocket upstream) {
        try (Socket socket = upstream.accept()) {
            return new String(socket.getInputStream().readAllBytes(), US_ASCII);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Nothing was sealed between two looks. */
    private static void awaitStall(RunningProxy proxy) {
        long[] last = {-1};
        await().pollInterval(Duration.ofMillis(200)).until(() -> {
            long sealed = proxy.connections().getFirst().tx().bytes();
            boolean stalled = sealed > 0 && sealed == last[0];
            last[0] = sealed;
            return stalled;
        });
    }
}
