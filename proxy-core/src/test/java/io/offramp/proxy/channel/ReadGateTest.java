package io.offramp.proxy.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.offramp.proxy.channel.ReadGate.Holder;
import org.junit.jupiter.api.Test;

class ReadGateTest {
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final ReadGate gate = ReadGate.of(channel);

    @Test
    void shouldBeTheChannelsOnlyGate() {
        assertThat(ReadGate.of(channel)).isSameAs(gate);
        assertThat(ReadGate.of(new EmbeddedChannel())).isNotSameAs(gate);
    }

    @Test
    void shouldReadAgainOnlyWhenNobodyHoldsTheGate() {
        // Given
        gate.hold(Holder.FRONT);
        gate.hold(Holder.TUNNEL);
        gate.hold(Holder.TUNNEL);

        // When
        gate.release(Holder.FRONT);

        // Then
        assertThat(isReading()).as("held by the tunnel").isFalse();
        gate.release(Holder.TUNNEL);
        assertThat(isReading()).as("held by no one").isTrue();
    }

    @Test
    void shouldNotOpenForSomeoneWhoDoesNotHoldIt() {
        // Given
        gate.hold(Holder.HANDSHAKE);

        // When
        gate.release(Holder.SESSION);

        // Then
        assertThat(isReading()).isFalse();
    }

    @Test
    void shouldStayOpenOnceWhatComesIsDiscarded() {
        // Given
        gate.hold(Holder.FRONT);

        // When
        gate.discard();

        // Then
        assertThat(isReading()).isTrue();
        gate.hold(Holder.TUNNEL);
        assertThat(isReading()).isTrue();
    }

    /** A session that reads the socket itself delivers while reading begins again. */
    @Test
    void shouldStayHeldByWhatIsReadAtOnce() {
        // Given
        gate.hold(Holder.TUNNEL);
        channel.pipeline().addLast(new ChannelOutboundHandlerAdapter() {
            @Override
            public void read(ChannelHandlerContext ctx) {
                ctx.pipeline().remove(this);
                gate.hold(Holder.TUNNEL);
            }
        });

        // When
        gate.release(Holder.TUNNEL);

        // Then
        assertThat(isReading()).isFalse();
        gate.release(Holder.TUNNEL);
        assertThat(isReading()).as("it was held until now").isTrue();
    }

    @Test
    void shouldDiscardWhatIsReadAtOnce() {
        // Given
        channel.config().setAutoRead(false); // as a backend does, which knows no gate
        channel.pipeline().addLast(new ChannelOutboundHandlerAdapter() {
            @Override
            public void read(ChannelHandlerContext ctx) {
                gate.hold(Holder.FRONT);
            }
        });

        // When
        gate.discard();

        // Then
        assertThat(isReading()).isTrue();
    }

    private boolean isReading() {
        return channel.config().isAutoRead();
    }
}
