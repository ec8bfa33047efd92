package io.offramp.app.e2e;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.offramp.proxy.config.ListenerConfig.Mode;
import io.offramp.proxy.testing.LogCapture;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Clients that never finish a handshake: closed in time, counted by reason, one line each in the log, and no stack
 * trace.
 */
class HandshakeAbuseIT {
    private static final Duration LIMIT = Duration.ofSeconds(1);
    private static final String FAILURES = "offramp_handshake_failures_total";
    private static final byte[] HANDSHAKE_FAILURE = {21, 3, 3, 0, 2, 2, 40};
    private static final byte[] RECORD_OF_65535_BYTES = {22, 3, 1, (byte) 0xff, (byte) 0xff, 1, 0, 0};
    private static final byte[] SERVER_HELLO = {22, 3, 3, 0, 4, 2, 0, 0, 0};

    private static RunningProxy proxy;

    @BeforeAll
    static void start() throws Exception {
        proxy = new RunningProxy(
                Mode.HTTP,
                OffloadMode.HW,
                OffloadMode.HW,
                Map.of(),
                "timeouts: {handshake: " + LIMIT.toMillis() + "ms}");
    }

    @AfterAll
    static void stop() throws IOException {
        proxy.close();
    }

    /** A client's bytes, and whether it then ends its stream. */
    enum Abuse {
        NOTHING,
        HALF_A_HELLO,
        GARBAGE,
        HTTP,
        HUGE_RECORD,
        ALERT,
        FRAGMENTS,
        CHANGE_CIPHER_SPECS,
        WARNINGS,
        HUGE_MESSAGE,
        SSL_2;

        byte[] bytes() throws IOException {
            byte[] hello = Clients.clientHello();
            return switch (this) {
                case NOTHING -> new byte[0];
                case HALF_A_HELLO -> Arrays.copyOf(hello, hello.length / 2);
                case GARBAGE -> {
                    byte[] garbage = new byte[100_000];
                    new Random(2).nextBytes(garbage);
                    garbage[0] = (byte) 0x80;
                    yield garbage;
                }
                case HTTP -> "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(US_ASCII);
                case HUGE_RECORD -> RECORD_OF_65535_BYTES;
                case ALERT -> HANDSHAKE_FAILURE;
                case FRAGMENTS -> fragments(hello);
                case CHANGE_CIPHER_SPECS -> behind(hello, new byte[] {20, 3, 3, 0, 1, 1});
                case WARNINGS -> behind(hello, new byte[] {21, 3, 3, 0, 2, 1, 90});
                case HUGE_MESSAGE -> new byte[] {22, 3, 1, 0, 4, 1, (byte) 0xff, (byte) 0xff, (byte) 0xff};
                case SSL_2 -> new byte[] {(byte) 0x80, 0x2e, 1, 3, 1, 0, 0x15, 0, 0, 0, 0x10};
            };
        }

        /** A hundred thousand times the same record. */
        private static byte[] behind(byte[] hello, byte[] record) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            out.writeBytes(hello);
            for (int i = 0; i < 100_000; i++) {
                out.writeBytes(record);
            }
            return out.toByteArray();
        }

        /**
         * One byte of the message per record: answered, because only bytes and time are bounded, and never continued.
         */
        private static byte[] fragments(byte[] hello) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            for (int i = 5; i < hello.length; i++) {
                out.writeBytes(new byte[] {22, 3, 1, 0, 1, hello[i]});
            }
            return out.toByteArray();
        }
    }

    @ParameterizedTest(name = "{0}, FIN: {1}")
    @CsvSource({
        "NOTHING, false, timeout, INFO",
        "NOTHING, true, no_data, DEBUG",
        "HALF_A_HELLO, false, timeout, INFO",
        "HALF_A_HELLO, true, closed, DEBUG",
        "GARBAGE, false, not_tls, INFO",
        "HTTP, false, plain_http, INFO",
        "HUGE_RECORD, false, alert_sent, INFO",
        "ALERT, false, alert_received, INFO",
        "FRAGMENTS, false, timeout, INFO",
        "CHANGE_CIPHER_SPECS, false, too_large, INFO",
        "WARNINGS, false, too_large, INFO",
        "HUGE_MESSAGE, false, alert_sent, INFO",
        "SSL_2, false, not_tls, INFO"
    })
    void shouldCloseInTimeAndCountAndLogOnce(Abuse abuse, boolean fin, String reason, String level) throws Exception {
        double before = proxy.metric(FAILURES, label(reason));
        double all = proxy.metric(FAILURES);
        long startNs = System.nanoTime();
        try (LogCapture log = new LogCapture("io", Level.DEBUG);
                Socket socket = connect()) {
            write(socket, abuse.bytes());
            if (fin) {
                socket.shutdownOutput();
            }
            readToEnd(socket);

            assertThat(Duration.ofNanos(System.nanoTime() - startNs)).isLessThan(LIMIT.plusMillis(800));
            assertOneLine(log, reason, Level.valueOf(level));
        }
        assertThat(proxy.metric(FAILURES, label(reason))).isEqualTo(before + 1);
        assertThat(proxy.metric(FAILURES)).isEqualTo(all + 1);
        awaitNoConnection();
    }

    @Test
    void shouldCountAResetInMidHandshakeAsClosed() throws Exception {
        double before = proxy.metric(FAILURES, label("closed"));
        try (LogCapture log = new LogCapture("io", Level.DEBUG)) {
            try (Socket socket = connect()) {
                write(socket, Clients.clientHello());
                assertThat(socket.getInputStream().read()).isPositive();
                socket.setSoLinger(true, 0);
            }
            awaitNoConnection();
            assertOneLine(log, "closed", Level.DEBUG);
        }
        assertThat(proxy.metric(FAILURES, label("closed"))).isEqualTo(before + 1);
    }

    @Test
    void shouldNotLetASlowClientHelloOutliveTheLimit() throws Exception {
        byte[] hello = Clients.clientHello();
        try (Socket socket = connect()) {
            socket.setSoTimeout(20);
            int[] sent = {0};
            await().atMost(LIMIT.plusSeconds(1))
                    .pollInterval(Duration.ofMillis(25))
                    .until(() -> {
                        try {
                            socket.getOutputStream().write(hello[sent[0]++]);
                            return socket.getInputStream().read() < 0;
                        } catch (SocketTimeoutException e) {
                            return false;
                        } catch (IOException e) {
                            return true;
                        }
                    });
            assertThat(sent[0]).isLessThan(hello.length);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldGetTheAnswerToAClientThatIsStillSending(boolean http) throws Exception {
        byte[] begin = http ? "POST / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(US_ASCII) : SERVER_HELLO;
        try (LogCapture log = new LogCapture("io", Level.DEBUG);
                Socket socket = connect()) {
            write(socket, begin);
            socket.getOutputStream().write(new byte[4 << 20]);
            socket.shutdownOutput();

            byte[] answer = readToEnd(socket);

            if (http) {
                assertThat(new String(answer, US_ASCII)).startsWith("HTTP/1.1 400 Bad Request\r\n");
            } else {
                assertThat(answer).startsWith(21, 3, 3, 0, 2, 2);
            }
            assertOneLine(log, http ? "plain_http" : "alert_sent", Level.INFO);
        }
        awaitNoConnection();
    }

    @Test
    void shouldGoOnServing() throws Exception {
        try (Socket idle = connect();
                var socket = Clients.connect(proxy.address(), "TLSv1.3", "TLS_AES_128_GCM_SHA256")) {
            assertThat(Clients.getHash(socket, "/bytes/1000")).isEqualTo(proxy.upstreamHash("/bytes/1000"));
            assertThat(idle.isConnected()).isTrue();
        }
        awaitNoConnection();
    }

    private static Socket connect() throws IOException {
        Socket socket = new Socket(proxy.address().getAddress(), proxy.port());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(10_000);
        return socket;
    }

    /** The proxy may have closed before all is out. */
    private static void write(Socket socket, byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
        } catch (IOException e) {
            assertThat(e).hasMessageMatching("Broken pipe|Connection reset.*");
        }
    }

    /** The bytes before the end, which is a FIN or a reset. */
    private static byte[] readToEnd(Socket socket) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            for (int b; (b = socket.getInputStream().read()) >= 0; ) {
                out.write(b);
            }
        } catch (SocketTimeoutException e) {
            throw new AssertionError("still open", e);
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("reset");
        }
        return out.toByteArray();
    }

    private static void assertOneLine(LogCapture log, String reason, Level level) {
        await().untilAsserted(() -> assertThat(log.events()).anyMatch(event -> isAbout(event, reason)));
        List<ILoggingEvent> ours = log.events().stream()
                .filter(event -> event.getLoggerName().startsWith("io.offramp")
                        || event.getLevel().isGreaterOrEqual(Level.WARN))
                .toList();
        assertThat(ours).hasSize(1);
        assertThat(ours.getFirst().getLevel()).isEqualTo(level);
        assertThat(ours.getFirst().getThrowableProxy()).isNull();
    }

    private static boolean isAbout(ILoggingEvent event, String reason) {
        return event.getFormattedMessage().contains(": no handshake: " + reason + ": ");
    }

    private static String label(String reason) {
        return "reason=\"" + reason + "\"";
    }

    private static void awaitNoConnection() {
        await().untilAsserted(() -> assertThat(proxy.connections()).isEmpty());
    }
}
