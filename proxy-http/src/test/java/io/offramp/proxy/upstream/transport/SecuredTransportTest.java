package io.offramp.proxy.upstream.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.offramp.proxy.channel.TurnFlush;
import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.tls.PeerAlertException;
import io.offramp.proxy.upstream.TransportSession;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SecuredTransportTest {
    private final List<String> told = new ArrayList<>();
    private boolean sessionDrained;
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final Transport transport = new Transport("api:443", new TurnFlush(channel.eventLoop()));

    SecuredTransportTest() {
        channel.pipeline().addLast(transport);
        transport.secure(new Session());
        transport.listener(new Recorder());
    }

    @AfterEach
    void free() {
        channel.finishAndReleaseAll();
    }

    @Test
    void shouldTakeCloseNotifyForTheEndOfTheConnection() {
        channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);

        assertThat(told).containsExactly("closed null");
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void shouldTakeAnEndWithoutCloseNotifyForACut() {
        channel.close();

        assertThat(told).containsExactly("closed closed without close_notify");
    }

    @Test
    void shouldPassTheServersAlertOn() {
        channel.pipeline().fireExceptionCaught(new PeerAlertException("sent alert certificate_required"));

        assertThat(told).containsExactly("closed sent alert certificate_required");
    }

    @Test
    void shouldAskTheSessionWhetherTheSocketIsEmptyWhateverTheSizeOfARecord() {
        channel.writeInbound(Unpooled.buffer(16).writeByte(1));
        assertThat(transport.isDrained()).isFalse();

        sessionDrained = true;
        channel.writeInbound(Unpooled.buffer(1).writeByte(1));
        assertThat(transport.isDrained()).isTrue();
    }

    private final class Session implements TransportSession {
        @Override
        public Connection connection() {
            return new Connection(
                    1, "api", new InetSocketAddress("127.0.0.1", 1), new InetSocketAddress("127.0.0.1", 443));
        }

        @Override
        public boolean isDrained() {
            return sessionDrained;
        }

        @Override
        public boolean holdsInput() {
            return !sessionDrained;
        }

        @Override
        public boolean isCurrent() {
            return true;
        }
    }

    private final class Recorder implements TransportListener {
        @Override
        public void onBytes(ByteBuf in) {
            told.add("bytes " + in.readableBytes());
            in.skipBytes(in.readableBytes());
        }

        @Override
        public void onSpliced(int bytes) {
            told.add("spliced " + bytes);
        }

        @Override
        public void onReadComplete() {}

        @Override
        public void onWritable() {}

        @Override
        public void onClosed(@Nullable String problem) {
            told.add("closed " + problem);
        }
    }
}
