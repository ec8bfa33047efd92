package io.offramp.proxy.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import io.offramp.proxy.connection.TestConnections;
import io.offramp.proxy.exchange.AccessEntry;
import io.offramp.proxy.net.HostPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The access log to real sockets: of a syslog server, of a local one. */
@Timeout(60)
class LogSocketsIT {
    private static final long PID = ProcessHandle.current().pid();

    @TempDir
    private Path directory;

    private final AccessLog log = new AccessLog();

    @AfterEach
    void close() {
        log.close();
    }

    @Test
    void shouldSendSyslogByUdp() throws IOException {
        try (DatagramChannel server = DatagramChannel.open()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            int port = ((InetSocketAddress) server.getLocalAddress()).getPort();
            log.become(config(new LogTarget.Syslog(new HostPort("127.0.0.1", port), Facility.LOCAL0)));

            finish("/a b");
            finish("/" + "a".repeat(1020) + "/" + "b".repeat(1020));

            assertThat(receive(server))
                    .matches("<134>1 \\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}(Z|[+-]\\d\\d:\\d\\d) "
                            + "[\\w.-]+ offramp " + PID + " access - 7 \"/a b\"");
            assertThat(receive(server)).startsWith("<134>1 ");
        }
    }

    @Test
    void shouldSendALongLineWhole() throws IOException {
        try (DatagramChannel server = DatagramChannel.open()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            int port = ((InetSocketAddress) server.getLocalAddress()).getPort();
            log.become(new AccessLogConfig(
                    new LogTarget.Syslog(new HostPort("127.0.0.1", port), Facility.LOCAL0),
                    LineFormat.JSON,
                    LineFilter.ALL,
                    LogBuffer.DEFAULTS));

            finish("/" + "\"\\\u00e9".repeat(20_000));

            String line = receive(server);
            assertThat(line).hasSizeBetween(2049, LineBytes.MOST_BYTES - 1).endsWith("}");
            assertThat(TestJson.parse(line.substring(line.indexOf('{')))).containsEntry("status", "200");
        }
    }

    @Test
    void shouldCountEachLineThatNobodyReceivesByUdp() throws IOException {
        // Given a port that nobody has
        InetSocketAddress address;
        try (DatagramChannel server = DatagramChannel.open()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            address = (InetSocketAddress) server.getLocalAddress();
        }
        log.become(config(new LogTarget.Syslog(new HostPort("127.0.0.1", address.getPort()), Facility.LOCAL0)));

        // When
        int lines = 20;
        IntStream.range(0, lines).forEach(i -> finish("/" + i));
        await().until(() -> log.lost() >= 2);

        // Then the others wait, and come once somebody receives
        List<String> received = new ArrayList<>();
        try (DatagramChannel server = DatagramChannel.open().bind(address)) {
            server.configureBlocking(false);
            await().atMost(Duration.ofSeconds(20)).until(() -> {
                for (String line = receive(server); !line.isEmpty(); line = receive(server)) {
                    received.add(line);
                }
                return received.size() + log.lost() == lines;
            });
        }
        assertThat(received).isNotEmpty().last().asString().endsWith(" 7 \"/19\"");
        assertThat(log.failures()).isEqualTo(log.lost());
    }

    @Test
    void shouldSendEachLineAsADatagram() throws Exception {
        assumeTrue(Epoll.isAvailable(), "no epoll");
        Path path = directory.resolve("log");
        log.become(config(new LogTarget.Datagram(path)));

        finish("/a");
        finish("/b");

        List<String> received = new ArrayList<>();
        receive(path, received, 2);
        assertThat(received).containsExactly("7 \"/a\"", "7 \"/b\"");
    }

    @Test
    void shouldSendToTheLocalSyslogAndSurviveItsRestart() throws Exception {
        assumeTrue(Epoll.isAvailable(), "no epoll");
        Path path = directory.resolve("log");
        log.become(config(new LogTarget.LocalSyslog(path, Facility.DAEMON)));

        // When lines come before there is a receiver
        List<String> sent = IntStream.range(0, 50).mapToObj(i -> "/" + i).toList();
        sent.forEach(this::finish);
        await().until(() -> log.failures() > 0);

        // Then it gets them later, all of them and in order, though its queue is short
        List<String> received = new ArrayList<>();
        receive(path, received, 50);
        assertThat(received.getFirst())
                .matches("<30>[A-Z][a-z]{2} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d offramp\\[" + PID + "]: 7 \"/0\"");

        // And when it has gone and comes back, the same
        Files.delete(path);
        long failures = log.failures();
        finish("/after");
        await().until(() -> log.failures() > failures);
        receive(path, received, 51);
        assertThat(received.stream().map(line -> line.replaceAll(".* \"|\"$", "")))
                .containsExactlyElementsOf(IntStream.rangeClosed(0, 50)
                        .mapToObj(i -> i == 50 ? "/after" : "/" + i)
                        .toList());
        assertThat(log.lost()).isZero();
    }

    private static void receive(Path path, List<String> into, int until) throws Exception {
        Socket receiver = Socket.newSocketDomainDgram();
        try {
            receiver.bind(new DomainSocketAddress(path.toString()));
            ByteBuffer datagram = ByteBuffer.allocateDirect(LineBytes.MOST_BYTES);
            await().atMost(Duration.ofSeconds(20))
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> {
                        int bytes = receiver.read(datagram, 0, datagram.capacity());
                        if (bytes > 0) {
                            byte[] text = new byte[bytes];
                            datagram.get(0, text);
                            into.add(new String(text, StandardCharsets.US_ASCII));
                        }
                        return into.size() == until;
                    });
        } finally {
            receiver.close();
        }
    }

    private static String receive(DatagramChannel server) throws IOException {
        ByteBuffer datagram = ByteBuffer.allocate(LineBytes.MOST_BYTES);
        server.receive(datagram);
        return StandardCharsets.US_ASCII.decode(datagram.flip()).toString();
    }

    private static AccessLogConfig config(LogTarget target) {
        LogBuffer buffer = new LogBuffer(16 << 10, 1 << 20, Duration.ofMillis(10));
        return new AccessLogConfig(target, LineFormat.parse("{id} \"{target}\""), LineFilter.ALL, buffer);
    }

    private void finish(String target) {
        log.onFinished(new AccessEntry(
                TestConnections.accepted(7), "HTTP/1.1", 0, "GET", target, target, 200, 0, 0, 1000, null, null, null));
    }
}
