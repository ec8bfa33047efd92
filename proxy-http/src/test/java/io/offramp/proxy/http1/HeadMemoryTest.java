package io.offramp.proxy.http1;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.offramp.proxy.budget.MemoryBudget;
import io.offramp.proxy.budget.Shed;
import io.offramp.proxy.budget.ShedEvent;
import io.offramp.proxy.client.ClientHandler;
import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.exchange.HttpFrontSettings;
import io.offramp.proxy.message.HeadLimits;
import io.offramp.proxy.testing.LogCapture;
import io.offramp.proxy.upstream.UpstreamEvents;
import io.offramp.proxy.upstream.UpstreamSettings;
import io.offramp.proxy.upstream.pool.Upstreams;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What one client's heads hold of the memory, and what becomes of it while memory is short. */
class HeadMemoryTest {
    private static final String REQUEST = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final int DIRECT_BYTES = 1 << 20;

    private final AtomicLong directBytes = new AtomicLong();
    private final List<Shed> sheds = new ArrayList<>();
    private final MemoryBudget budget =
            new MemoryBudget(10 << 20, DIRECT_BYTES, () -> 0, directBytes::get, () -> 0, () -> 0, sheds::add);
    private final EmbeddedChannel client = open();

    @AfterEach
    void end() {
        client.finishAndReleaseAll();
        assertThat(budget.heldBytes()).as("behind the end").isZero();
    }

    @Test
    void shouldCountAHeadWhileItIsIncomplete() {
        send("GET / HTTP/1.1\r\nHost: a\r\nX: " + "x".repeat(20_000));
        assertThat(budget.heldBytes()).isBetween(20_000L, 42_000L);

        send("\r\n\r\n");
        assertThat(answer()).startsWith("HTTP/1.1 404 ");
        assertThat(budget.heldBytes()).isZero();
    }

    @Test
    void shouldHoldLittleMoreThanTheLargestHeadHasBytes() {
        HeadLimits limits = HeadLimits.DEFAULTS;

        send("GET / HTTP/1.1\r\nHost: a\r\nX: " + "x".repeat(limits.headBytes() - 200));

        assertThat(budget.heldBytes()).isLessThan(limits.headBytes() + limits.requestLineBytes() + 2048L);
    }

    @Test
    void shouldCountTheIndexOfManySmallFields() {
        send("GET / HTTP/1.1\r\nHost: a\r\n" + "a:\r\n".repeat(250));

        assertThat(budget.heldBytes()).isGreaterThan(1000 + 250 * 20);
    }

    @Test
    void shouldLetGoOfAHeadThatClientLeftBehind() {
        send("GET / HTTP/1.1\r\nX: " + "x".repeat(5000));
        assertThat(budget.heldBytes()).isPositive();

        client.close();

        assertThat(budget.heldBytes()).isZero();
    }

    @Test
    void shouldAnswer503AndCloseWhileMemoryIsShort() {
        beShort();

        send(REQUEST);

        assertThat(answer()).startsWith("HTTP/1.1 503 ").contains("\r\nConnection: close\r\n");
        assertThat(sheds).containsExactly(Shed.REQUEST);
    }

    @Test
    void shouldCloseAConnectionThatHasBeenIdleForASecond() {
        send(REQUEST);
        assertThat(answer()).startsWith("HTTP/1.1 404 ");
        beShort();

        client.pipeline().fireUserEventTriggered(ShedEvent.INSTANCE);
        assertThat(client.isOpen()).as("it was just there").isTrue();

        client.advanceTimeBy(1, TimeUnit.SECONDS);
        client.pipeline().fireUserEventTriggered(ShedEvent.INSTANCE);
        client.runPendingTasks();
        assertThat(client.isOpen()).isFalse();
        assertThat(sheds).containsExactly(Shed.IDLE);
    }

    @Test
    void shouldRefuseAHeadThatDoesNotEndWithinASecondAndLetGoOfIt() {
        send("GET / HTTP/1.1\r\nX: " + "x".repeat(5000));
        client.pipeline().fireUserEventTriggered(ShedEvent.INSTANCE);
        assertThat(answer()).isEmpty();

        client.advanceTimeBy(1, TimeUnit.SECONDS);
        client.pipeline().fireUserEventTriggered(ShedEvent.INSTANCE);

        assertThat(answer()).startsWith("HTTP/1.1 503 ").contains("\r\nConnection: close\r\n");
        assertThat(budget.heldBytes()).isZero();
        assertThat(sheds).containsExactly(Shed.HEAD);
    }

    @Test
    void shouldCloseWithoutAStackTraceWhereThereIsNoMemoryForABuffer() {
        try (LogCapture log = new LogCapture(ClientHandler.class, Level.WARN)) {
            client.pipeline()
                    .fireExceptionCaught(new OutOfMemoryError("Cannot reserve 4194304 bytes of direct buffer memory"));

            assertThat(log.events()).isEmpty();
        }
        assertThat(client.isOpen()).isFalse();
    }

    private void beShort() {
        directBytes.set(DIRECT_BYTES);
        budget.look();
        assertThat(budget.isShedding()).isTrue();
    }

    private void send(String bytes) {
        client.writeInbound(Unpooled.copiedBuffer(bytes, StandardCharsets.ISO_8859_1));
    }

    private String answer() {
        StringBuilder answer = new StringBuilder();
        for (ByteBuf out = client.readOutbound(); out != null; out = client.readOutbound()) {
            answer.append(out.toString(StandardCharsets.ISO_8859_1));
            out.release();
        }
        return answer.toString();
    }

    private EmbeddedChannel open() {
        Upstreams none = new Upstreams(
                Map.of(),
                spoken -> new Http1Protocol(HeadLimits.DEFAULTS),
                UpstreamSettings.DEFAULTS,
                name -> UpstreamEvents.NONE);
        EmbeddedChannel channel = new EmbeddedChannel();
        channel.freezeTime();
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
        channel.attr(Connection.KEY).set(new Connection(1, "test", address, address));
        HttpFront.install(
                channel.pipeline(),
                HttpFrontSettings.builder(List.of(), none).budget(budget).build());
        return channel;
    }
}
