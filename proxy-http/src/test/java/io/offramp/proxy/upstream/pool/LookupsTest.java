package io.offramp.proxy.upstream.pool;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.offramp.proxy.net.HostPort;
import io.offramp.proxy.net.ServerAddress;
import io.offramp.proxy.upstream.UpstreamConfig;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LookupsTest {
    private static final HostPort A = new HostPort("a.internal", 80);
    private static final HostPort B = new HostPort("b.internal", 80);
    private static final InetSocketAddress FOUND = new InetSocketAddress("127.0.0.1", 80);
    private static final List<UpstreamConfig> UPSTREAMS =
            List.of(new UpstreamConfig("one", List.of(A)), new UpstreamConfig("two", List.of(B)));

    private final Logger log = (Logger) LoggerFactory.getLogger(Lookups.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

    @BeforeEach
    void listen() {
        lines.start();
        log.addAppender(lines);
    }

    @AfterEach
    void listenNoMore() {
        log.detachAppender(lines);
    }

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
        assertThat(lines.list).isEmpty();
    }

    /** The answer comes when the line is there. */
    @Test
    void shouldSayWhichNamesItWaitsFor() {
        CountDownLatch written = new CountDownLatch(1);
        ListAppender<ILoggingEvent> last = new ListAppender<>() {
            @Override
            protected void append(ILoggingEvent line) {
                written.countDown();
            }
        };
        last.start();
        log.addAppender(last);

        Lookups.of(UPSTREAMS, address -> {
            assertThat(address.equals(A) || await(written)).isTrue();
            return List.of(FOUND);
        });
        log.detachAppender(last);

        assertThat(lines.list)
                .singleElement()
                .extracting(ILoggingEvent::getFormattedMessage)
                .isEqualTo("waiting for the name server, which has not answered for [b.internal:80]");
    }

    private static boolean await(CountDownLatch latch) {
        try {
            return latch.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
