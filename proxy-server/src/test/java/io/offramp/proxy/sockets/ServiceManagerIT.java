package io.offramp.proxy.sockets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ch.qos.logback.classic.Level;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import io.offramp.proxy.testing.LogCapture;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A socket in the place of systemd's. */
class ServiceManagerIT {
    @TempDir
    private Path directory;

    @BeforeEach
    void needsEpoll() {
        assumeTrue(Epoll.isAvailable(), "no epoll");
    }

    @Test
    void shouldSayWhatItDoes() throws Exception {
        Path path = directory.resolve("notify");
        Socket systemd = receiver(path.toString());
        try {
            ServiceManager manager = new ServiceManager(path.toString());

            manager.ready("serving");
            assertThat(receive(systemd)).isEqualTo("READY=1\nSTATUS=serving");

            long before = System.nanoTime() / 1000;
            manager.reloading();
            String reloading = receive(systemd);
            assertThat(reloading).startsWith("RELOADING=1\nMONOTONIC_USEC=");
            assertThat(Long.parseLong(reloading.substring(reloading.lastIndexOf('=') + 1)))
                    .isBetween(before, System.nanoTime() / 1000);

            manager.ready(42, "serving");
            assertThat(receive(systemd)).isEqualTo("MAINPID=42\nREADY=1\nSTATUS=serving");

            manager.alive();
            assertThat(receive(systemd)).isEqualTo("WATCHDOG=1");

            manager.stopping("draining");
            assertThat(receive(systemd)).isEqualTo("STOPPING=1\nSTATUS=draining");
        } finally {
            systemd.close();
        }
    }

    @Test
    void shouldWaitForAManagerWhoseQueueIsFull() throws Exception {
        Path path = directory.resolve("notify");
        Socket systemd = receiver(path.toString());
        Socket others = Socket.newSocketDomainDgram();
        try {
            // Given
            others.connect(new DomainSocketAddress(path.toString()));
            ByteBuffer full = ByteBuffer.allocateDirect(1);
            int waiting = 0;
            while (others.write(full, 0, 1) > 0) {
                waiting++;
            }

            // When
            Thread sender = Thread.ofPlatform().start(() -> new ServiceManager(path.toString()).ready("late"));

            // Then
            for (int i = 0; i < waiting; i++) {
                assertThat(receive(systemd)).hasSize(1);
            }
            assertThat(receive(systemd)).isEqualTo("READY=1\nSTATUS=late");
            sender.join();
        } finally {
            others.close();
            systemd.close();
        }
    }

    @Test
    void shouldTakeTheTimeOfAWatchdogThatMeansThisProcess() {
        assertThat(ServiceManager.watchdog(Map.of(), 7)).isNull();
        assertThat(ServiceManager.watchdog(Map.of("WATCHDOG_USEC", "30000000"), 7))
                .isEqualTo(Duration.ofSeconds(30));
        assertThat(ServiceManager.watchdog(Map.of("WATCHDOG_USEC", "1000", "WATCHDOG_PID", "7"), 7))
                .isEqualTo(Duration.ofMillis(1));
        assertThat(ServiceManager.watchdog(Map.of("WATCHDOG_USEC", "1000", "WATCHDOG_PID", "8"), 7))
                .isNull();
        assertThat(ServiceManager.watchdog(Map.of("WATCHDOG_USEC", "0"), 7)).isNull();
        assertThat(ServiceManager.watchdog(Map.of("WATCHDOG_USEC", "-1"), 7)).isNull();
    }

    @Test
    void shouldSayWhatCannotBeDoneForTheManager() {
        try (LogCapture log = new LogCapture(ServiceManager.class, Level.WARN)) {
            assertThat(ServiceManager.watchdog(Map.of("WATCHDOG_USEC", "abc"), 7))
                    .isNull();
            assertThat(ServiceManager.watchdog(Map.of("WATCHDOG_USEC", "0"), 7)).isNull();
            new ServiceManager(directory + "/none").alive();

            assertThat(log.messages())
                    .containsExactly(
                            "no watchdog: WATCHDOG_USEC must be a number of microseconds, is \"abc\"",
                            "cannot notify " + directory + "/none: no such socket");
        }
    }

    @Test
    void shouldReachASocketWithAnAbstractName() throws Exception {
        String name = "offramp-test-" + ProcessHandle.current().pid();
        Socket systemd = receiver("\0" + name);
        try {
            new ServiceManager("@" + name).ready("here");

            assertThat(receive(systemd)).isEqualTo("READY=1\nSTATUS=here");
        } finally {
            systemd.close();
        }
    }

    @Test
    void shouldGoOnWithoutAManager() {
        new ServiceManager(null).ready("serving");
        new ServiceManager(directory.resolve("missing").toString()).ready("serving");
    }

    private static Socket receiver(String path) throws IOException {
        Socket socket = Socket.newSocketDomainDgram();
        socket.bind(new DomainSocketAddress(path));
        return socket;
    }

    private static String receive(Socket socket) {
        ByteBuffer datagram = ByteBuffer.allocateDirect(1024);
        int[] bytes = new int[1];
        await().until(() -> (bytes[0] = socket.read(datagram, 0, datagram.capacity())) > 0);
        byte[] text = new byte[bytes[0]];
        datagram.get(0, text);
        return new String(text, StandardCharsets.UTF_8);
    }
}
