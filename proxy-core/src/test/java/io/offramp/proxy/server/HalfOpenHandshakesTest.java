package io.offramp.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.offramp.proxy.handshake.HandshakeEvent;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HalfOpenHandshakesTest {
    private final HalfOpenHandshakes halfOpen = new HalfOpenHandshakes(3);
    private final Handshake only = new Handshake();
    private final List<Handshake> others = List.of(new Handshake(), new Handshake());

    /** Channels of this kind all have loops of their own. */
    private final class Handshake extends ChannelInboundHandlerAdapter {
        private final List<Object> events = new ArrayList<>();
        private final EmbeddedChannel channel = new EmbeddedChannel(this);
        private boolean leaves = true;

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            events.add(event);
            if (leaves) {
                halfOpen.onEnded(ctx.channel());
            }
        }
    }

    @Test
    void shouldMakeRoomByDisplacingASilentOneOfTheSameLoop() {
        // Given
        halfOpen.admit(only.channel);
        others.forEach(other -> halfOpen.admit(other.channel));

        // When one more comes to the loop of the first
        boolean admitted = halfOpen.admit(only.channel);

        // Then
        assertThat(admitted).isTrue();
        assertThat(only.events).containsExactly(HandshakeEvent.DISPLACE);
        assertThat(halfOpen.count()).isEqualTo(3);
        assertThat(others).allMatch(other -> other.events.isEmpty());
    }

    @Test
    void shouldRefuseWhereAllOfTheLoopHaveBeenAnswered() {
        halfOpen.admit(only.channel);
        others.forEach(other -> halfOpen.admit(other.channel));
        halfOpen.onAnswered(only.channel);

        assertThat(halfOpen.admit(only.channel)).isFalse();
        assertThat(halfOpen.admit(new Handshake().channel)).isFalse();

        assertThat(only.events).isEmpty();
        assertThat(halfOpen.count()).isEqualTo(3);
    }

    @Test
    void shouldLeaveAloneWhoseHelloIsWithTheWorker() {
        only.leaves = false;
        halfOpen.admit(only.channel);
        others.forEach(other -> halfOpen.admit(other.channel));

        assertThat(halfOpen.admit(only.channel)).isFalse();
        assertThat(halfOpen.admit(only.channel)).isFalse();

        assertThat(only.events).as("asked once").containsExactly(HandshakeEvent.DISPLACE);
        assertThat(halfOpen.count()).isEqualTo(3);
    }

    @Test
    void shouldCountEachHandshakeOnce() {
        halfOpen.admit(only.channel);
        halfOpen.onAnswered(only.channel);
        halfOpen.onEnded(only.channel);
        halfOpen.onEnded(only.channel);
        halfOpen.onAnswered(only.channel);

        assertThat(halfOpen.count()).isZero();
    }

    @Test
    void shouldAskAllThatAreSilentAtADrain() {
        halfOpen.admit(only.channel);
        others.forEach(other -> halfOpen.admit(other.channel));
        halfOpen.onAnswered(only.channel);

        halfOpen.drain();
        others.forEach(other -> other.channel.runPendingTasks());

        assertThat(only.events).isEmpty();
        assertThat(others).allMatch(other -> other.events.equals(List.of(HandshakeEvent.DRAIN)));
        assertThat(halfOpen.count()).isEqualTo(1);
    }
}
