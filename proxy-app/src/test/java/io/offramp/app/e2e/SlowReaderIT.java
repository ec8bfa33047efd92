package io.offramp.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.PooledByteBufAllocator;
import io.offramp.proxy.connection.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A client that asks for 1 GiB and does not read costs no more than the channel's high water mark. */
class SlowReaderIT {
    private static final int READERS = 500;
    private static final long BODY_BYTES = 1L << 30;

    /**
     * Bytes written and not sent yet: the high water mark of 192 KiB, and one upstream read of 64 KiB above it, sealed.
     */
    private static final long BOUND_BYTES = (192 + 64 + 16) << 10;

    @ParameterizedTest
    @EnumSource(names = {"SW", "HW", "HW_RECORD"})
    void shouldKeepMemoryFlatUnderManySlowReaders(OffloadMode policy) throws Exception {
        long before = PooledByteBufAllocator.DEFAULT.pinnedDirectMemory();
        List<SSLSocket> sockets = new ArrayList<>();
        try (RunningProxy proxy = RunningProxy.http(policy, policy)) {
            for (int i = 0; i < READERS; i++) {
                SSLSocket socket = Clients.connect(proxy.address(), "TLSv1.3", "TLS_AES_128_GCM_SHA256");
                sockets.add(socket);
                Clients.send(socket, "GET /bytes/" + BODY_BYTES + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
            }

            awaitStall(proxy);
            long held = PooledByteBufAllocator.DEFAULT.pinnedDirectMemory() - before;

            assertThat(proxy.connections()).hasSize(READERS);
            assertThat(held / READERS).as("direct bytes per stalled connection").isLessThan(BOUND_BYTES);
        } finally {
            for (SSLSocket socket : sockets) {
                socket.close();
            }
        }
        await().untilAsserted(() ->
                assertThat(PooledByteBufAllocator.DEFAULT.pinnedDirectMemory()).isLessThan(before + (1 << 20)));
    }

    /** All sockets are full when nothing has been sealed between two looks. */
    private static void awaitStall(RunningProxy proxy) {
        AtomicLong last = new AtomicLong(-1);
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(500, TimeUnit.MILLISECONDS)
                .until(() -> {
                    long sealed = 0;
                    for (Connection connection : proxy.connections()) {
                        sealed += connection.tx().bytes();
                    }
                    return sealed > 0 && last.getAndSet(sealed) == sealed;
                });
    }
}
