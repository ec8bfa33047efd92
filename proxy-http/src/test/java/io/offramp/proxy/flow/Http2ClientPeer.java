package io.offramp.proxy.flow;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2ChannelDuplexHandler;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A client that speaks HTTP/2 at the far end of a connection, by the library's codec. One thread. */
final class Http2ClientPeer {
    private final Peer peer;
    private final StreamMaker maker = new StreamMaker();
    private final EmbeddedChannel codec;
    private final Map<Http2FrameStream, Call> calls = new HashMap<>();
    private boolean sent;
    private boolean goneAway;

    /** One stream. */
    static final class Call {
        final Http2FrameStream stream;
        final ByteArrayOutputStream body = new ByteArrayOutputStream();

        @Nullable
        Http2Headers head;

        @Nullable
        Http2Headers trailers;

        boolean ended;
        /** Whether the stream gets no credit. */
        boolean stalled;

        private int unreturned;
        /** Whether it has sent all of its request. */
        boolean wrote;

        @Nullable
        Http2Error reset;

        Call(Http2FrameStream stream) {
            this.stream = stream;
        }

        /** Whether body may follow. */
        boolean mayWrite() {
            return !wrote && reset == null;
        }
    }

    /** The library makes streams for handlers alone. */
    private static final class StreamMaker extends Http2ChannelDuplexHandler {
        Http2FrameStream make() {
            return newStream();
        }
    }

    Http2ClientPeer(Peer peer) {
        this.peer = peer;
        Http2FrameCodec frames = Http2Peer.refilling(Http2FrameCodecBuilder.forClient()
                .initialSettings(Http2Settings.defaultSettings())
                .build());
        codec = new EmbeddedChannel(frames, maker, new Http2Peer.LateWrites());
        codec.config().setAllocator(new UnpooledByteBufAllocator(false, true)); // never closed
        transfer();
    }

    /** Asks for {@code /app/a}, with these fields; those that begin with a colon in front. */
    Call ask(boolean last, String method, String... fields) {
        return askFor("/app/a", last, method, fields);
    }

    /** The same for any path. */
    Call askFor(String path, boolean last, String method, String... fields) {
        Http2Headers head = new DefaultHttp2Headers(false)
                .method(method)
                .scheme("https")
                .authority("a")
                .path(path);
        for (int i = 0; i < fields.length; i += 2) {
            head.add(fields[i], fields[i + 1]);
        }
        Call call = new Call(maker.make());
        call.wrote = last;
        calls.put(call.stream, call);
        write(new DefaultHttp2HeadersFrame(head, last).stream(call.stream));
        return call;
    }

    void body(Call call, boolean last, String text) {
        body(call, last, Message.ascii(text));
    }

    /** Sends as much of it as flow control lets; the rest when that lets more. */
    void body(Call call, boolean last, byte[] bytes) {
        call.wrote = last;
        write(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(bytes), last).stream(call.stream));
    }

    /** Sends the fields behind a body. */
    void trailers(Call call, String name, String value) {
        call.wrote = true;
        Http2Headers fields = new DefaultHttp2Headers(false).add(name, value);
        write(new DefaultHttp2HeadersFrame(fields, true).stream(call.stream));
    }

    /** Whether the proxy has not said that it takes no more streams. */
    boolean takesStreams() {
        return !goneAway;
    }

    void reset(Call call, Http2Error code) {
        write(new DefaultHttp2ResetFrame(code).stream(call.stream));
    }

    /** Returns credit for all that has come on a stream, and for what comes. */
    void resume(Call call) {
        int bytes = call.unreturned;
        call.stalled = false;
        call.unreturned = 0;
        write(new DefaultHttp2WindowUpdateFrame(bytes).stream(call.stream));
    }

    /** Takes what the proxy has sent; true if that made it send something. */
    boolean read() {
        sent = false;
        codec.writeInbound(Unpooled.wrappedBuffer(peer.take()));
        for (Object frame = codec.readInbound(); frame != null; frame = codec.readInbound()) {
            take(frame);
            ReferenceCountUtil.release(frame);
        }
        transfer();
        return sent;
    }

    private void take(Object frame) {
        switch (frame) {
            case Http2HeadersFrame fields -> {
                Call call = of(fields.stream());
                if (isInterim(fields.headers())) {
                    return;
                }
                if (call.head == null) {
                    call.head = fields.headers();
                } else {
                    call.trailers = fields.headers();
                }
                call.ended |= fields.isEndStream();
            }
            case Http2DataFrame data -> {
                Call call = of(data.stream());
                call.body.writeBytes(ByteBufUtil.getBytes(data.content()));
                call.ended |= data.isEndStream();
                call.unreturned += data.initialFlowControlledBytes();
                if (!call.stalled) {
                    resume(call);
                }
            }
            case Http2ResetFrame reset -> of(reset.stream()).reset = Http2Error.valueOf(reset.errorCode());
            case Http2GoAwayFrame last -> goneAway = true;
            default -> {}
        }
    }

    private static boolean isInterim(Http2Headers fields) {
        CharSequence status = fields.status();
        return status != null && status.charAt(0) == '1';
    }

    private Call of(@Nullable Http2FrameStream stream) {
        return Objects.requireNonNull(calls.get(stream));
    }

    private void write(Object frame) {
        codec.writeAndFlush(frame);
        codec.runPendingTasks();
        transfer();
    }

    private void transfer() {
        for (ByteBuf out = codec.readOutbound(); out != null; out = codec.readOutbound()) {
            peer.send(ByteBufUtil.getBytes(out));
            out.release();
            sent = true;
        }
    }
}
