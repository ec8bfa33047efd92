package io.offramp.proxy.accept;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.offramp.proxy.handshake.engine.HandshakeEvent;
import io.offramp.proxy.net.proxyprotocol.ProxyHeader;
import io.offramp.proxy.net.proxyprotocol.ProxyHeader.Proxied;
import io.offramp.proxy.tls.HandshakeFailure;
import io.offramp.proxy.tls.HandshakeFailure.Reason;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ProxyHeaderHandlerTest implements ProxyHeaderHandler.Listener {
    private static final String HEADER = "PROXY TCP4 192.0.2.7 198.51.100.1 51234 443\r\n";

    private final List<ProxyHeader> headers = new ArrayList<>();
    private final List<Reason> failures = new ArrayList<>();
    private final EmbeddedChannel channel =
            new EmbeddedChannel(new ProxyHeaderHandler(TimeUnit.SECONDS.toNanos(10), this));

    @Override
    public void onHeader(ChannelHandlerContext ctx, ProxyHeader header) {
        headers.add(header);
    }

    @Override
    public void onFailed(ChannelHandlerContext ctx, HandshakeFailure failure) {
        failures.add(failure.reason());
    }

    private static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
    }

    private String passedOn() {
        StringBuilder text = new StringBuilder();
        for (ByteBuf next = channel.readInbound(); next != null; next = channel.readInbound()) {
            text.append(next.toString(StandardCharsets.US_ASCII));
            next.release();
        }
        return text.toString();
    }

    @Test
    void shouldPassOnWhatFollowsTheHeader() {
        channel.writeInbound(bytes(HEADER + "hello"));
        channel.writeInbound(bytes(" client"));

        assertThat(headers).singleElement().isInstanceOf(Proxied.class);
        assertThat(passedOn()).isEqualTo("hello client");
        assertThat(channel.pipeline().get(ProxyHeaderHandler.class)).isNull();
        channel.finishAndReleaseAll();
    }

    @Test
    void shouldPutAHeaderTogetherFromPieces() {
        for (char each : HEADER.toCharArray()) {
            assertThat(headers).isEmpty();
            channel.writeInbound(bytes(String.valueOf(each)));
        }

        assertThat(headers).hasSize(1);
        assertThat(passedOn()).isEmpty();
        channel.finishAndReleaseAll();
    }

    @Test
    void shouldCloseWhereThereIsNoHeader() {
        ByteBuf in = bytes("GET / HTTP/1.1\r\n");
        channel.writeInbound(in);

        assertThat(failures).containsExactly(Reason.PROXY_HEADER);
        assertThat(in.refCnt()).isZero();
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void shouldCloseWhereItDoesNotComeInTime() {
        ByteBuf in = bytes("PROXY");
        channel.writeInbound(in);

        channel.advanceTimeBy(10, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();

        assertThat(failures).containsExactly(Reason.TIMEOUT);
        assertThat(in.refCnt()).isZero();
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void shouldMakeRoomWhereOthersNeedIt() {
        channel.pipeline().fireUserEventTriggered(HandshakeEvent.DISPLACE);

        assertThat(failures).containsExactly(Reason.DISPLACED);
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void shouldTellAPortScanFromABrokenHeader() {
        channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        assertThat(failures).containsExactly(Reason.NO_DATA);

        EmbeddedChannel other = new EmbeddedChannel(new ProxyHeaderHandler(TimeUnit.SECONDS.toNanos(10), this));
        other.writeInbound(bytes("PRO"));
        other.close();
        assertThat(failures).containsExactly(Reason.NO_DATA, Reason.CLOSED);
    }
}
