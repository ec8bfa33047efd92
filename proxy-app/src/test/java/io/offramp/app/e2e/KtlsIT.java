package io.offramp.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import io.offramp.offload.SessionInfo;
import io.offramp.proxy.config.ListenerConfig.Mode;
import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.testing.LogCapture;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The whole proxy with kernel TLS; the kernel's counters show that it was used. */
class KtlsIT {
    private static final int DOWN_BYTES = 4 << 20;
    private static final int UP_BYTES = 1 << 20;
    private static final int CONNECTIONS = Integer.getInteger("offramp.test.connections", 100);
    private static final String SUITE = "TLS_AES_128_GCM_SHA256";

    @BeforeAll
    static void assumeKernelTls() {
        KernelStat.assumeKernelTls();
    }

    static List<Arguments> combinations() {
        List<Arguments> all = new ArrayList<>();
        for (OffloadMode tx : List.of(OffloadMode.SW, OffloadMode.HW)) {
            for (OffloadMode rx : List.of(OffloadMode.SW, OffloadMode.HW)) {
                if (tx == OffloadMode.HW || rx == OffloadMode.HW) {
                    all.add(Arguments.of("TLSv1.3", "TLS_AES_128_GCM_SHA256", tx, rx));
                    all.add(Arguments.of("TLSv1.3", "TLS_AES_256_GCM_SHA384", tx, rx));
                    all.add(Arguments.of("TLSv1.2", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", tx, rx));
                    all.add(Arguments.of("TLSv1.2", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", tx, rx));
                }
            }
        }
        return all;
    }

    @ParameterizedTest(name = "{0} {1} tx={2} rx={3}")
    @MethodSource("combinations")
    void shouldCarryEveryByteBothWays(String version, String suite, OffloadMode tx, OffloadMode rx) throws Exception {
        long seed = (version + suite + tx + rx).hashCode();
        try (RunningProxy proxy = RunningProxy.ktls(Mode.HTTP, tx, rx, 0)) {
            long txBefore = KernelStat.installed("Tx");
            long rxBefore = KernelStat.installed("Rx");
            try (SSLSocket socket = Clients.connect(proxy.address(), version, suite)) {
                String down = Clients.getHash(socket, "/bytes/" + DOWN_BYTES);
                String up = Clients.post(socket, "/sha256", UP_BYTES, seed);

                assertThat(down).isEqualTo(proxy.upstreamHash("/bytes/" + DOWN_BYTES));
                assertThat(up).as("seed %d", seed).startsWith(Clients.postHash(UP_BYTES, seed));
                Connection connection = proxy.connections().getFirst();
                expectIn(tx, connection.tx().session());
                expectIn(rx, connection.rx().session());
                assertThat(KernelStat.installed("Tx") - txBefore).isEqualTo(tx == OffloadMode.HW ? 1 : 0);
                assertThat(KernelStat.installed("Rx") - rxBefore).isEqualTo(rx == OffloadMode.HW ? 1 : 0);
                assertThat(line(proxy.admin("/tls_stat"), "TlsCurrTxSw"))
                        .as("in software, ours or the kernel's")
                        .isEqualTo(1);
                assertThat(line(proxy.admin("/tls_stat"), "TlsTxDevice")).isEqualTo(KernelStat.value("TlsTxDevice"));
            }
            await().untilAsserted(() -> assertThat(proxy.connections()).isEmpty());
            assertThat(proxy.metric("offramp_tls_truncated_closes_total")).isZero();
            assertThat(proxy.metric("offramp_tls_declines_total")).isZero();
        }
        assertThat(KernelStat.current("Tx")).isZero();
        assertThat(KernelStat.current("Rx")).isZero();
    }

    private static long line(String page, String name) {
        return page.lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToLong(line -> Long.parseLong(line.split("\\s+")[1]))
                .sum();
    }

    private static void expectIn(OffloadMode policy, SessionInfo session) {
        assertThat(session.backend()).isEqualTo(policy == OffloadMode.HW ? "ktls" : "sw");
        if (policy == OffloadMode.HW) {
            assertThat(session.detail()).isIn("kernel-sw", "nic");
        }
    }

    /** A response of 300 KB, read slowly through a small window, with the connection's end right behind it. */
    @ParameterizedTest
    @CsvSource({"TLSv1.3, SW, 50", "TLSv1.3, HW, 100", "TLSv1.2, HW, 50"})
    void shouldTruncateNoConnectionAtItsClose(String version, OffloadMode rx, int connections) throws Exception {
        int bytes = 300_000;
        String suite = version.equals("TLSv1.3") ? SUITE : "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256";
        try (RunningProxy proxy = RunningProxy.ktls(Mode.HTTP, OffloadMode.HW, rx, 0);
                ExecutorService clients = Executors.newFixedThreadPool(20)) {
            List<Future<String>> answers = new ArrayList<>();
            for (int i = 0; i < connections; i++) {
                answers.add(clients.submit(() -> readSlowly(proxy, version, suite, bytes)));
            }

            String expected = proxy.upstreamHash("/bytes/" + bytes);
            for (Future<String> answer : answers) {
                assertThat(answer.get()).isEqualTo(expected);
            }
        }
    }

    /** The hash of the body; the stream must end with a close_notify, without which JSSE fails. */
    private static String readSlowly(RunningProxy proxy, String version, String suite, int bytes) throws Exception {
        try (Socket tcp = new Socket()) {
            tcp.setReceiveBufferSize(8 << 10);
            tcp.connect(proxy.address());
            SSLSocket socket = Clients.connect(tcp, version, suite);
            Clients.send(socket, "GET /bytes/" + bytes + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            await().pollInterval(Duration.ofMillis(10))
                    .until(() -> tcp.getInputStream().available() > 2_000);
            String hash = Clients.hash(Clients.body(socket));
            assertThat(socket.getInputStream().read()).isNegative();
            return hash;
        }
    }

    @Test
    void shouldLeaveNoDescriptorBehind() throws Exception {
        try (RunningProxy proxy = RunningProxy.ktls(Mode.HTTP, OffloadMode.HW, OffloadMode.HW, 0)) {
            get(proxy, 12);
            await().untilAsserted(() -> assertThat(proxy.connections()).isEmpty());
            long before = KernelStat.descriptors();

            get(proxy, CONNECTIONS);

            await().untilAsserted(() -> assertThat(proxy.connections()).isEmpty());
            await().untilAsserted(() -> assertThat(KernelStat.descriptors()).isLessThanOrEqualTo(before));
            assertThat(KernelStat.current("Rx")).isZero();
        }
    }

    /** Every third client leaves right after its handshake, without close_notify. */
    private static void get(RunningProxy proxy, int connections) throws IOException {
        for (int i = 0; i < connections; i++) {
            try (Socket tcp = new Socket(proxy.address().getAddress(), proxy.port())) {
                SSLSocket socket = Clients.connect(tcp, "TLSv1.3", SUITE);
                if (i % 3 == 0) {
                    tcp.setSoLinger(true, 0);
                } else {
                    Clients.getHash(socket, "/bytes/1000");
                    socket.close();
                }
            }
        }
    }

    /** Nothing was sealed between two looks. */
    private static void awaitStall(RunningProxy proxy) {
        long[] last = {-1};
        await().pollInterval(Duration.ofMillis(100)).until(() -> {
            long sealed = proxy.connections().getFirst().tx().bytes();
            boolean stalled = sealed > 0 && sealed == last[0];
            last[0] = sealed;
            return stalled;
        });
    }

    /** With level-triggered events, half a record in the kernel spins the event loop as long as the client waits. */
    @Test
    void shouldCostNothingWhenAClientStallsInMidRecord() throws Exception {
        try (RunningProxy proxy = RunningProxy.ktls(Mode.HTTP, OffloadMode.HW, OffloadMode.HW, 0);
                StallingRelay relay = StallingRelay.to(proxy.address());
                SSLSocket socket = Clients.connect(relay.address(), "TLSv1.3", SUITE)) {
            Clients.getHash(socket, "/bytes/1000");
            await().until(() ->
                    proxy.connections().getFirst().rx().session().backend().equals("ktls"));
            relay.stallIn(150);
            Clients.send(
                    socket, "GET /bytes/1000 HTTP/1.1\r\nHost: localhost\r\nX-Long: " + "x".repeat(200) + "\r\n\r\n");
            await().until(relay::isStalled);

            long limitNs = processCpuNs() + 350_000_000;
            await("350 ms of CPU last for 1 s").during(Duration.ofSeconds(1)).until(() -> processCpuNs() < limitNs);

            relay.goOn();
            assertThat(Clients.hash(Clients.body(socket))).isEqualTo(proxy.upstreamHash("/bytes/1000"));
        }
    }

    private static long processCpuNs() {
        return java.lang.management.ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class)
                .getProcessCpuTime();
    }

    @Test
    void shouldMoveALivingSessionIntoTheKernel() throws Exception {
        try (RunningProxy proxy = RunningProxy.ktls(Mode.HTTP, OffloadMode.AUTO, OffloadMode.AUTO, 0);
                SSLSocket socket = Clients.connect(proxy.address(), "TLSv1.3", SUITE)) {
            long before = KernelStat.installed("Tx");
            String down = Clients.getHash(socket, "/bytes/" + DOWN_BYTES);
            String up = Clients.post(socket, "/sha256", UP_BYTES, 1);

            assertThat(down).isEqualTo(proxy.upstreamHash("/bytes/" + DOWN_BYTES));
            assertThat(up).startsWith(Clients.postHash(UP_BYTES, 1));
            Connection connection = proxy.connections().getFirst();
            assertThat(connection.tx().session().backend()).isEqualTo("ktls");
            assertThat(connection.rx().session().backend()).isEqualTo("ktls");
            assertThat(KernelStat.installed("Tx")).isEqualTo(before + 1);
        }
    }

    /** FIN without close_notify is no clean end: neither for HTTP nor for the counter. */
    @ParameterizedTest
    @CsvSource({"HTTP", "TCP"})
    void shouldTellATruncatedEndFromACleanOne(Mode mode) throws Exception {
        try (RunningProxy proxy = RunningProxy.ktls(mode, OffloadMode.HW, OffloadMode.HW, 0)) {
            try (SSLSocket clean = Clients.connect(proxy.address(), "TLSv1.3", SUITE)) {
                Clients.getHash(clean, "/bytes/1000");
            }
            await().untilAsserted(() -> assertThat(proxy.connections()).isEmpty());
            assertThat(proxy.metric("offramp_tls_truncated_closes_total")).isZero();

            try (Socket tcp = new Socket(proxy.address().getAddress(), proxy.port())) {
                SSLSocket truncated = Clients.connect(tcp, "TLSv1.3", SUITE);
                Clients.getHash(truncated, "/bytes/1000");
                tcp.shutdownOutput();
                assertThat(tcp.getInputStream().readAllBytes()).hasSizeLessThan(100);
            }
            await().untilAsserted(() -> assertThat(proxy.connections()).isEmpty());
            assertThat(proxy.metric("offramp_tls_truncated_closes_total")).isEqualTo(1);
        }
    }

    /** The client has ended its stream, and reads the answer slowly. */
    @Test
    void shouldKeepASlowAnswerFlowingBehindCloseNotifyAndFin() throws Exception {
        int bytes = 5_000_000;
        try (RunningProxy proxy = RunningProxy.ktls(Mode.HTTP, OffloadMode.HW, OffloadMode.HW, 0);
                Socket tcp = new Socket()) {
            tcp.setReceiveBufferSize(16 << 10);
            tcp.connect(proxy.address());
            SSLSocket socket = Clients.connect(tcp, "TLSv1.3", SUITE);
            Clients.send(socket, "GET /bytes/" + bytes + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            InputStream body = Clients.body(socket); // the answer has begun
            socket.shutdownOutput();

            awaitStall(proxy);
            assertThat(Clients.hash(body)).isEqualTo(proxy.upstreamHash("/bytes/" + bytes));
            assertThat(socket.getInputStream().read()).as("close_notify").isNegative();
        }
    }

    /**
     * The key of the kernel cannot be changed before Linux 6.14: the connection ends, and says why; from 6.14 on it
     * continues.
     */
    @ParameterizedTest(name = "tx={0} rx={1} types {2}")
    @CsvSource({"SW, HW, k", "HW, SW, K", "HW, HW, kKkK"})
    void shouldEndOrGoOnBehindKeyUpdates(OffloadMode tx, OffloadMode rx, String commands) throws Exception {
        try (LogCapture log = new LogCapture("io.offramp.proxy.session", Level.DEBUG);
                RunningProxy proxy = RunningProxy.ktls(Mode.HTTP, tx, rx, 0);
                OpensslClient openssl = new OpensslClient(proxy.port(), "-tls1_3")) {
            await().atMost(Duration.ofSeconds(20)).until(() -> proxy.metric("offramp_handshakes_total") == 1);
            openssl.type("GET /bytes/1000 HTTP/1.1\r\nHost: localhost\r\n\r");
            await().until(() -> openssl.outputBytes() > 1_000);

            int received = 0;
            for (String command : commands.split("")) {
                openssl.type(command);
                if (!KernelStat.rekeys()) {
                    await().until(() -> proxy.connections().isEmpty());
                    assertThat(proxy.metric("offramp_tls_record_errors_total")).isEqualTo(1);
                    assertThat(log.events())
                            .anySatisfy(event -> assertThat(event.getFormattedMessage())
                                    .containsAnyOf("cannot change its key", "cannot answer"));
                    return;
                }
                int expected = ++received;
                await().until(() ->
                        proxy.metric("offramp_tls_key_updates_total", "direction=\"received\"") == expected);
                long before = openssl.outputBytes();
                openssl.type("GET /bytes/100000 HTTP/1.1\r\nHost: localhost\r\n\r");
                await().until(() -> openssl.outputBytes() > before + 100_000);
            }

            Connection connection = proxy.connections().getFirst();
            assertThat(connection.rx().rekeys()).isEqualTo(commands.length());
            assertThat(connection.tx().rekeys())
                    .isEqualTo((int) commands.chars().filter(c -> c == 'K').count());
            expectIn(tx, connection.tx().session());
            expectIn(rx, connection.rx().session());
            assertThat(proxy.metric("offramp_tls_record_errors_total")).isZero();
        }
    }

    /** JSSE replaces its key, and asks for a new one of ours, at each further {@code startHandshake}. */
    @Test
    void shouldLimitAStormOfKeyUpdates() throws Exception {
        try (LogCapture log = new LogCapture("io.offramp.proxy.session", Level.DEBUG);
                RunningProxy proxy = RunningProxy.ktls(Mode.HTTP, OffloadMode.HW, OffloadMode.HW, 0);
                SSLSocket socket = Clients.connect(proxy.address(), "TLSv1.3", SUITE)) {
            Clients.getHash(socket, "/bytes/1000");
            Clients.getHash(socket, "/bytes/1000");

            assertThatThrownBy(() -> {
                        for (int i = 0; i < 10_000; i++) {
                            socket.startHandshake();
                        }
                    })
                    .isInstanceOf(IOException.class);

            await().until(() -> proxy.connections().isEmpty());
            assertThat(log.events())
                    .anySatisfy(event -> assertThat(event.getFormattedMessage())
                            .contains(
                                    KernelStat.rekeys()
                                            ? "more than 100 KeyUpdates in a second"
                                            : "cannot change its key"));
            assertThat(proxy.metric("offramp_tls_key_updates_total", "direction=\"received\""))
                    .isGreaterThanOrEqualTo(KernelStat.rekeys() ? 100 : 0);
        }
    }

    /** JSSE sends an alert because our answer was forged: the log line is the same as without kernel TLS. */
    @ParameterizedTest(name = "{0} rx={1}")
    @CsvSource({"TLSv1.3, SW", "TLSv1.3, HW", "TLSv1.2, HW"})
    void shouldEndAtAFatalAlertOfTheClient(String version, OffloadMode rx) throws Exception {
        String suite = version.equals("TLSv1.3") ? SUITE : "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256";
        try (LogCapture log = new LogCapture("io.offramp.proxy.session", Level.DEBUG);
                RunningProxy proxy = RunningProxy.ktls(Mode.HTTP, OffloadMode.HW, rx, 0);
                StallingRelay relay = StallingRelay.to(proxy.address());
                SSLSocket socket = Clients.connect(relay.address(), version, suite)) {
            Clients.getHash(socket, "/bytes/1000");
            await().untilAsserted(() ->
                    expectIn(rx, proxy.connections().getFirst().rx().session()));
            relay.forgeAnswer();

            assertThatThrownBy(() -> Clients.getHash(socket, "/bytes/1000")).isInstanceOf(SSLException.class);

            await().until(() -> proxy.connections().isEmpty());
            assertThat(log.events())
                    .anySatisfy(event -> assertThat(event.getFormattedMessage())
                            .matches("connection \\d+ from .*: client sent alert bad_record_mac"));
            assertThat(proxy.metric("offramp_tls_alerts_total", "bad_record_mac", "received"))
                    .isEqualTo(1);
            assertThat(proxy.metric("offramp_tls_truncated_closes_total")).isZero();
        }
    }
}
