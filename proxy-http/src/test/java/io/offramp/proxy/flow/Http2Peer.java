package io.offramp.proxy.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2LocalFlowController;
import io.netty.handler.codec.http2.DefaultHttp2PingFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.DefaultHttp2SettingsFrame;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2FrameStreamException;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2PingFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A server that speaks HTTP/2 at the far end of a connection, by the library's codec. One thread. */
final class Http2Peer {
    private final Peer peer;
    private final EmbeddedChannel codec;
    private final List<Request> requests = new ArrayList<>();
    final List<Http2PingFrame> pings = new ArrayList<>();
    /** How the proxy has said that it takes no more. */
    @Nullable
    Http2Error goAway;

    /** What came on one stream. */
    static final class Request {
        final Http2FrameStream stream;
        final Http2Headers head;
        final ByteArrayOutputStream body = new ByteArrayOutputStream();

        @Nullable
        Http2Headers trailers;

        boolean ended;

        @Nullable
        Http2Error reset;

        private int unreturned;

        Request(Http2HeadersFrame frame) {
            stream = frame.stream();
            head = frame.headers();
            ended = frame.isEndStream();
        }

        /** Bytes of body whose credit the client does not have back. */
        int unreturned() {
            return unreturned;
        }

        String path() {
            return String.valueOf(head.path());
        }
    }

    /** A server with these settings, which it sends at once. */
    Http2Peer(Peer peer, Http2Settings settings) {
        this(peer, codec(settings));
    }

    /** The same, but credit of the connection goes back at once. */
    static Http2Peer refilling(Peer peer, Http2Settings settings) {
        return new Http2Peer(peer, refilling(codec(settings)));
    }

    private Http2Peer(Peer peer, Http2FrameCodec frames) {
        this.peer = peer;
        codec = new EmbeddedChannel(frames, new LateWrites());
        codec.config().setAllocator(new UnpooledByteBufAllocator(false, true)); // never closed
        transfer();
    }

    private static Http2FrameCodec codec(Http2Settings settings) {
        return Http2FrameCodecBuilder.forServer()
                .initialSettings(settings)
                .autoAckPingFrame(false)
                .build();
    }

    /** Only windows of streams stop the other side. For a codec without a channel. */
    static Http2FrameCodec refilling(Http2FrameCodec codec) {
        DefaultHttp2LocalFlowController flow = new DefaultHttp2LocalFlowController(codec.connection(), 0.5f, true);
        flow.frameWriter(codec.encoder().frameWriter());
        codec.connection().local().flowController(flow);
        return codec;
    }

    /** What was still to be written when the proxy reset its stream is no fault. */
    static final class LateWrites extends ChannelInboundHandlerAdapter {
        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            if (!(cause instanceof Http2FrameStreamException late) || late.error() != Http2Error.STREAM_CLOSED) {
                context.fireExceptionCaught(cause);
            }
        }
    }

    /** Streams in the order of their heads. */
    List<Request> requests() {
        read();
        return requests;
    }

    Request request(int index) {
        assertThat(requests()).hasSizeGreaterThan(index);
        return requests.get(index);
    }

    /** Forgets the streams so far. */
    void forget() {
        requests.clear();
    }

    /**
     * Takes what the proxy has sent.
     *
     * @return true if that made it send something: an acknowledgment, or what had waited for credit
     */
    boolean read() {
        codec.writeInbound(Unpooled.wrappedBuffer(peer.take()));
        for (Object frame = codec.readInbound(); frame != null; frame = codec.readInbound()) {
            take(frame);
            ReferenceCountUtil.release(frame);
        }
        return transfer();
    }

    private void take(Object frame) {
        switch (frame) {
            case Http2HeadersFrame head -> onHead(head);
            case Http2DataFrame data -> {
                Request of = find(data.stream());
                of.unreturned += data.initialFlowControlledBytes();
                of.body.writeBytes(ByteBufUtil.getBytes(data.content()));
                of.ended |= data.isEndStream();
            }
            case Http2ResetFrame reset -> find(reset.stream()).reset = Http2Error.valueOf(reset.errorCode());
            case Http2PingFrame ping -> pings.add(new DefaultHttp2PingFrame(ping.content(), ping.ack()));
            case Http2GoAwayFrame last -> goAway = Http2Error.valueOf(last.errorCode());
            default -> {}
        }
    }

    private void onHead(Http2HeadersFrame frame) {
        for (Request each : requests) {
            if (each.stream == frame.stream()) {
                each.trailers = frame.headers();
                each.ended = frame.isEndStream();
                return;
            }
        }
        requests.add(new Request(frame));
    }

    private Request find(@Nullable Http2FrameStream stream) {
        return requests.stream()
                .filter(each -> each.stream == stream)
                .findFirst()
                .orElseThrow();
    }

    /** Returns credit for all of a request's body that has come. */
    void take(Request request) {
        int bytes = request.unreturned;
        request.unreturned = 0;
        write(new DefaultHttp2WindowUpdateFrame(bytes).stream(request.stream));
    }

    /** Sends a head: its status, and names and values in turn. */
    void head(Request to, boolean last, int status, String... fields) {
        Http2Headers head = new DefaultHttp2Headers(false).status(Integer.toString(status));
        for (int i = 0; i < fields.length; i += 2) {
            head.add(fields[i], fields[i + 1]);
        }
        write(new DefaultHttp2HeadersFrame(head, last).stream(to.stream));
    }

    /** Sends the fields behind a body. */
    void trailers(Request to, String name, String value) {
        Http2Headers fields = new DefaultHttp2Headers(false).add(name, value);
        write(new DefaultHttp2HeadersFrame(fields, true).stream(to.stream));
    }

    void body(Request to, boolean last, String text) {
        body(to, last, Message.ascii(text));
    }

    /** Sends as much of it as flow control lets; the rest when that lets more. */
    void body(Request to, boolean last, byte[] bytes) {
        write(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(bytes), last).stream(to.stream));
    }

    /** A whole answer. */
    void answer(Request to, String text) {
        head(to, false, 200);
        body(to, true, text);
    }

    void reset(Request to, Http2Error code) {
        write(new DefaultHttp2ResetFrame(code).stream(to.stream));
    }

    void settings(Http2Settings changed) {
        write(new DefaultHttp2SettingsFrame(changed));
    }

    /** Answers all PINGs. */
    void pong() {
        pings.forEach(ping -> write(new DefaultHttp2PingFrame(ping.content(), true)));
        pings.clear();
    }

    /** Sends bytes, in hexadecimal notation. */
    void raw(String hex) {
        peer.send(HexFormat.of().parseHex(hex.replace(" ", "")));
    }

    boolean isOpen() {
        return peer.isOpen();
    }

    Peer peer() {
        return peer;
    }

    private void write(Object frame) {
        codec.writeAndFlush(frame);
        codec.runPendingTasks();
        transfer();
    }

    private boolean transfer() {
        boolean sent = false;
        for (ByteBuf out = codec.readOutbound(); out != null; out = codec.readOutbound()) {
            sent |= out.isReadable();
            peer.send(ByteBufUtil.getBytes(out));
            out.release();
        }
        return sent;
    }
}
