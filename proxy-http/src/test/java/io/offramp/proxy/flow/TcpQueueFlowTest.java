package io.offramp.proxy.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.proxy.flow.Handlers.Front;
import io.offramp.proxy.upstream.QueueConfig;
import io.offramp.proxy.upstream.RequestQueue.Refused;
import io.offramp.proxy.upstream.RetryConfig;
import io.offramp.proxy.upstream.RetryConfig.Cause;
import io.offramp.proxy.upstream.UpstreamLimits;
import io.offramp.proxy.upstream.UpstreamProtocol;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The queue and the further attempts of connections in tcp mode. */
class TcpQueueFlowTest extends TextFlow {
    private static final QueueConfig QUEUE = new QueueConfig(2, Duration.ofSeconds(3));

    /** One connection at once, two that wait. */
    TcpQueueFlowTest() {
        super(tcp(1, new UpstreamLimits(1, 20).with(QUEUE)));
    }

    private static Handlers tcp(int servers, UpstreamLimits limits) {
        return Handlers.bounded(Front.TCP, UpstreamProtocol.HTTP1, 256, 1000, 1, servers, limits, null);
    }

    @Test
    void shouldConnectWaitingClientsInTheirOrder() {
        // Given
        Peer first = begin("first");
        Peer server = accept();
        Peer second = begin("second");
        begin("third");
        assertThat(proxy.counts().queued).isEqualTo(2);
        assertThat(proxy.offered()).isZero();

        // When
        first.reset();
        proxy.settle();

        // Then
        assertThat(server.isOpen()).isFalse();
        Peer next = accept();
        assertThat(text(next)).isEqualTo("second");
        send(next, "hello");
        assertThat(text(second)).isEqualTo("hello");
        assertThat(proxy.counts().queued).isEqualTo(1);
        second.reset();
        proxy.settle();
        assertThat(text(accept())).isEqualTo("third");
    }

    @Test
    void shouldEndAClientThatFindsTheQueueFull() {
        begin("first");
        accept();
        begin("second");
        begin("third");

        Peer fourth = begin("fourth");

        assertThat(fourth.isOpen()).isFalse();
        assertThat(proxy.counts().refused).containsExactly(Refused.FULL);
        assertThat(proxy.counts().queued).isEqualTo(2);
    }

    @Test
    void shouldEndAClientThatNoServerTakesInTime() {
        // Given
        begin("first");
        accept();
        Peer second = begin("second");
        proxy.advance(Duration.ofMillis(2500));
        assertThat(second.isOpen()).isTrue();

        // When
        proxy.advance(Duration.ofSeconds(1));

        // Then
        assertThat(second.isOpen()).isFalse();
        assertThat(proxy.counts().refused).containsExactly(Refused.LATE);
        assertThat(proxy.counts().queued).isZero();
    }

    @Test
    void shouldTakeAClientThatLeavesOutOfTheQueue() {
        // Given
        Peer first = begin("first");
        accept();
        Peer second = begin("second");
        begin("third");

        // When
        second.reset();
        proxy.settle();

        // Then
        assertThat(proxy.counts().queued).isEqualTo(1);
        first.reset();
        proxy.settle();
        assertThat(text(accept())).isEqualTo("third");
    }

    @Test
    void shouldBoundWaitsForConnectionsByTheUpstreamsOwnQueue() {
        // Given
        restart(tcp(1, new UpstreamLimits(0, 20).with(QUEUE).withConnections(1)));
        begin("first");
        accept();
        Peer second = begin("second");

        // When
        proxy.advance(Duration.ofMillis(3500));

        // Then
        assertThat(second.isOpen()).isFalse();
        assertThat(proxy.counts().refused).containsExactly(Refused.LATE);
    }

    @Test
    void shouldTryTheNextServerWhereOneDoesNotAccept() {
        restart(tcp(2, new UpstreamLimits(0, 20)));
        begin("first");

        proxy.refuse();
        proxy.settle();

        assertThat(text(accept())).isEqualTo("first");
    }

    @Test
    void shouldTryNoOtherServerWithoutABudgetOrIfItMayNot() {
        RetryConfig none = new RetryConfig(Set.of(Cause.REFUSED), Set.of(), null, 2, 0);
        for (UpstreamLimits limits : Set.of(new UpstreamLimits(0, 0), new UpstreamLimits(0, 20).with(none))) {
            restart(tcp(2, limits));
            Peer client = begin("first");

            proxy.refuse();
            proxy.settle();

            assertThat(client.isOpen()).as("%s", limits).isFalse();
            assertThat(proxy.offered()).isZero();
        }
    }
}
