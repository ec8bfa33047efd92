package io.offramp.proxy.handshake.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import io.offramp.proxy.tls.HandshakeFailure;
import io.offramp.proxy.tls.Handshaken;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of a handshake on a channel without a socket. Every buffer that went in must be free in the end.
 */
final class EmbeddedHandshake implements AutoCloseable, HandshakeListener {
    private final List<ByteBuf> inputs = new ArrayList<>();
    private final List<String> events = new ArrayList<>();
    private final MockTicker clock = Ticker.newMockTicker();
    private final EmbeddedChannel channel;
    private @Nullable Handshaken session;
    private byte @Nullable [] pending;
    private @Nullable HandshakeFailure failure;
    private long written;
    private int answered;

    EmbeddedHandshake(EngineSettings settings) {
        channel = EmbeddedChannel.builder().ticker(clock).build();
        channel.pipeline().addLast(new TlsHandshakeHandler(settings, this));
    }

    EmbeddedChannel channel() {
        return channel;
    }

    /** What the channel's event loop takes for the time; it stands still. */
    MockTicker clock() {
        return clock;
    }

    /** Delivers one read, and returns what the server answers. */
    byte[] receive(byte[] bytes) {
        ByteBuf in = Unpooled.copiedBuffer(bytes);
        inputs.add(in);
        channel.writeInbound(in);
        return output();
    }

    byte[] output() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            bytes.writeBytes(ByteBufUtil.getBytes(out));
            out.release();
        }
        written += bytes.size();
        return bytes.toByteArray();
    }

    long written() {
        return written;
    }

    Handshaken session() {
        assertThat(failure).isNull();
        assertThat(session).isNotNull();
        return session;
    }

    byte[] pending() {
        assertThat(pending).isNotNull();
        return pending;
    }

    HandshakeFailure failure() {
        assertThat(session).isNull();
        assertThat(failure).isNotNull();
        return failure;
    }

    /** Neither complete nor failed. */
    boolean isUndecided() {
        return events.isEmpty();
    }

    /** The calls of the listener, in order. */
    List<String> events() {
        return events;
    }

    /** Calls of the listener because the hello has been answered. */
    int answered() {
        return answered;
    }

    @Override
    public void onAnswered(ChannelHandlerContext ctx) {
        answered++;
    }

    @Override
    public void onHandshaken(ChannelHandlerContext ctx, Handshaken handshaken, ByteBuf rest) {
        events.add("handshaken");
        session = handshaken;
        pending = ByteBufUtil.getBytes(rest);
        rest.release();
    }

    @Override
    public void onFailed(ChannelHandlerContext ctx, HandshakeFailure why) {
        events.add("failed");
        failure = why;
    }

    @Override
    public void close() {
        channel.finishAndReleaseAll();
        assertThat(events).as("the listener is called once").hasSize(1);
        assertThat(inputs).allMatch(in -> in.refCnt() == 0);
    }
}
