package io.offramp.offload.ktls.ffi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.offramp.offload.ktls.ffi.LoopbackPair.SystemCallException;
import io.offramp.offload.ktls.kernel.Errno;
import io.offramp.offload.ktls.kernel.KernelTls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Sockets of this machine, and what reading them says. Needs no kernel TLS. */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class LoopbackPairIT {
    private static final int SHORT_MS = 50;
    private static final int SOL_SOCKET = 1;
    private static final int SO_TIMESTAMP = 29;
    private static final byte[] WORD = "word".getBytes(StandardCharsets.US_ASCII);

    private final List<Socket> strangers = new ArrayList<>();

    @BeforeAll
    static void openWhatStaysOpen() throws SystemCallException {
        LoopbackPair.open().close();
    }

    @AfterEach
    void close() throws IOException {
        for (Socket stranger : strangers) {
            stranger.close();
        }
    }

    /** The kernel's statistics count it. */
    @Test
    void shouldBeOfThisNamespace() throws LoopbackPair.SystemCallException {
        try (LoopbackPair pair = LoopbackPair.open()) {
            assertThat(TlsStatistics.isOfThisNamespace(pair.near())).isTrue();
        }
        assertThat(TlsStatistics.isOfThisNamespace(-1)).isFalse();
    }

    @Test
    void shouldTakeItsOwnPeerThoughOthersConnectFirst() throws SystemCallException {
        try (LoopbackPair pair = LoopbackPair.open(LoopbackPair.LIMIT_MS, port -> connect(port, 5))) {
            assertThat(send(pair, WORD)).isEqualTo(WORD.length);
            byte[] read = new byte[WORD.length];

            assertThat(pair.readFar(read)).isEqualTo(WORD.length);
            assertThat(read).isEqualTo(WORD);
        }
    }

    @Test
    void shouldNotWaitForeverWhereNothingComes() throws SystemCallException, IOException {
        long descriptors = descriptors();
        try (LoopbackPair pair = LoopbackPair.open(SHORT_MS, port -> {})) {
            long start = System.nanoTime();

            assertThat(pair.readFar(new byte[1])).isEqualTo(-Errno.EAGAIN);
            assertThat(pair.awaitNear()).isZero();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(SHORT_MS));
        }
        assertThat(descriptors()).isEqualTo(descriptors);
    }

    /** A full backlog lets nobody in, and TCP would try for two minutes. */
    @Test
    void shouldNotWaitForeverForAConnection() throws IOException {
        assertThatThrownBy(() -> LoopbackPair.open(SHORT_MS, port -> connect(port, 17)))
                .isInstanceOfSatisfying(SystemCallException.class, e -> {
                    assertThat(e).hasMessage("connect");
                    assertThat(Errno.name(e.errno())).isEqualTo("EINPROGRESS");
                });
    }

    @Test
    void shouldSeeWhatTheOtherEndSends() throws SystemCallException {
        try (LoopbackPair pair = LoopbackPair.open()) {
            assertThat(pair.writeFar(WORD)).isEqualTo(WORD.length);
            assertThat(pair.awaitNear()).isEqualTo(1);

            assertThat(receive(pair)).isEqualTo(KernelTls.received(0, WORD.length));
        }
    }

    /**
     * The kernel says when bytes came, for which there is no room: so it might have had none for the type of a record.
     */
    @Test
    void shouldRefuseWhatIsReadWithControlDataCutOff() throws SystemCallException {
        try (LoopbackPair pair = LoopbackPair.open()) {
            byte[] on = ByteBuffer.allocate(4)
                    .order(ByteOrder.nativeOrder())
                    .putInt(1)
                    .array();
            CallMemory memory = CallMemory.current();
            assertThat(Libc.setsockopt(memory.state, pair.near(), SOL_SOCKET, SO_TIMESTAMP, memory.value(on), 4))
                    .isZero();

            // The kernel begins to note times some moments after it was asked to.
            Awaitility.await().pollInSameThread().until(() -> {
                pair.writeFar(WORD);
                pair.awaitNear();
                return receive(pair) == -Errno.EIO;
            });
        }
    }

    private void connect(int port, int times) {
        try {
            for (int i = 0; i < times; i++) {
                strangers.add(new Socket(InetAddress.getLoopbackAddress(), port));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int send(LoopbackPair pair, byte[] bytes) {
        ByteBuf content = Unpooled.directBuffer(bytes.length).writeBytes(bytes);
        try {
            return new LinuxTls().send(pair.near(), content, 0, bytes.length);
        } finally {
            content.release();
        }
    }

    private static long receive(LoopbackPair pair) {
        ByteBuf into = Unpooled.directBuffer(64);
        try {
            return new LinuxTls().receive(pair.near(), into, 0, 64);
        } finally {
            into.release();
        }
    }

    private static long descriptors() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.count();
        }
    }
}
