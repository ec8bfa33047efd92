package io.offramp.proxy.upstream.pool;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.offramp.proxy.net.HostPort;
import io.offramp.proxy.net.ServerAddress;
import io.offramp.proxy.testing.LogCapture;
import io.offramp.proxy.upstream.UpstreamConfig;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class LookupsTest {
    private static final HostPort A = new HostPort("a.internal", 80);
    private static final HostPort B = new HostPort("b.internal", 80);
    private static final InetSocketAddress FOUND = new InetSocketAddress("127.0.0.1", 80);
    private static final List<UpstreamConfig> UPSTREAMS =
            List.of(new UpstreamConfig("one", List.of(A)), new UpstreamConfig("two", List.of(B)));

    @AutoClose
    private final LogCapture log = new LogCapture(Lookups.class, Level.WARN);

    @Test
    void shouldAskForAllNamesAtOnce() {
        CountDownLatch asked = new CountDownLatch(2);

        Function<ServerAddress, List<? extends SocketAddress>> addresses = Lookups.of(UPSTREAMS, address -> {
            asked.countDown();
            assertThat(await(asked)).as("the other is asked for meanwhile").isTrue();
            return List.of(FOUND);
        });

        assertThat(addresses.apply(A).getFirst()).isEqualTo(FOUND);
        assertThat(addresses.apply(B).getFirst()).isEqualTo(FOUND);
        assertThat(log.events()).isEmpty();
    }

    /** The answer comes when the line is there. */
    @Test
    void shouldSayWhichNamesItWaitsFor() {
        Lookups.of(UPSTREAMS, address -> {
            if (address.equals(B)) {
                Awaitility.await()
                        .atMost(Duration.ofSeconds(30))
                        .until(() -> !log.events().isEmpty());
            }
            return List.of(FOUND);
        });

        assertThat(log.messages())
                .containsExactly("waiting for the name server, which has not answered for [b.internal:80]");
    }

    private static boolean await(CountDownLatch latch) {
        try {
            return latch.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
