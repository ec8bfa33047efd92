package io.offramp.proxy.http2.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.codec.http2.Http2Headers;
import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.exchange.AccessEntry;
import io.offramp.proxy.exchange.HttpEvents;
import io.offramp.proxy.exchange.HttpFrontSettings;
import io.offramp.proxy.exchange.HttpSettings;
import io.offramp.proxy.http1.Http1Protocol;
import io.offramp.proxy.net.HostPort;
import io.offramp.proxy.route.RouteConfig;
import io.offramp.proxy.upstream.UpstreamConfig;
import io.offramp.proxy.upstream.UpstreamEvents;
import io.offramp.proxy.upstream.UpstreamSettings;
import io.offramp.proxy.upstream.pool.Upstreams;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A client that writes frames as it likes, in front of the real handlers and without a socket. Requests under
 * {@code /app} go to a server that accepts no connection at first; all others have no route.
 */
final class RawClient implements AutoCloseable {
    static final int ACK = 0x1;
    static final int END_STREAM = 0x1;
    static final int END_HEADERS = 0x4;

    final EmbeddedChannel channel = new EmbeddedChannel();
    final List<AccessEntry> log = new ArrayList<>();
    final List<String> faults = new ArrayList<>();
    /** Connections to servers, if they accept any. */
    final List<EmbeddedChannel> accepted = new ArrayList<>();

    boolean accepting;
    /** Connections to servers that were asked for. */
    int connects;

    private @Nullable ByteBuf collected;
    private final DefaultHttp2HeadersEncoder encoder = new DefaultHttp2HeadersEncoder();
    private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false);

    /** A frame from the proxy. */
    record Frame(byte type, int flags, int stream, byte[] payload) {
        long number() {
            return Integer.toUnsignedLong(Unpooled.wrappedBuffer(payload).readInt());
        }

        /** Error code of a RST_STREAM or a GOAWAY. */
        int code() {
            return Unpooled.wrappedBuffer(payload).getInt(type == Http2FrameTypes.GO_AWAY ? 4 : 0);
        }

        boolean is(byte expected) {
            return type == expected;
        }
    }

    /** A connection whose preface is exchanged. */
    RawClient(HttpSettings settings) {
        channel.freezeTime();
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
        channel.attr(Connection.KEY).set(new Connection(1, "test", address, address));
        Upstreams servers = new Upstreams(
                Map.of("app", new UpstreamConfig("app", List.of(new HostPort("127.0.0.1", 8080)))),
                spoken -> new Http1Protocol(settings.heads()),
                UpstreamSettings.DEFAULTS,
                name -> UpstreamEvents.NONE,
                (on, to, alloc, timeoutMs, handler) -> {
                    connects++;
                    if (!accepting) {
                        return new EmbeddedChannel().newPromise();
                    }
                    EmbeddedChannel server = new EmbeddedChannel(handler);
                    accepted.add(server);
                    return server.newSucceededFuture();
                });
        Http2Front.install(
                channel.pipeline(),
                HttpFrontSettings.builder(List.of(new RouteConfig(null, "/app", "app")), servers)
                        .http(settings)
                        .accessLog(log::add)
                        .sharedNames((one, other) -> !other.equals("elsewhere"))
                        .events(new HttpEvents() {
                            @Override
                            public void onRequest(int status) {}

                            @Override
                            public void onConnectionFault(String reason) {
                                faults.add(reason);
                            }
                        })
                        .build());
        send(Http2CodecUtil.connectionPrefaceBuf());
        frame(Http2FrameTypes.SETTINGS, 0, 0, new byte[0]);
        frame(Http2FrameTypes.SETTINGS, ACK, 0, new byte[0]);
    }

    RawClient() {
        this(HttpSettings.DEFAULTS);
    }

    /** Sends all frames of an action in one read. */
    void atOnce(Runnable action) {
        ByteBuf all = Unpooled.buffer();
        collected = all;
        action.run();
        collected = null;
        send(all);
    }

    void send(ByteBuf bytes) {
        if (collected != null) {
            collected.writeBytes(bytes);
            bytes.release();
            return;
        }
        channel.writeInbound(bytes);
        channel.runPendingTasks();
    }

    void frame(byte type, int flags, int stream, byte[] payload) {
        ByteBuf out = Unpooled.buffer(9 + payload.length);
        out.writeMedium(payload.length).writeByte(type).writeByte(flags).writeInt(stream);
        send(out.writeBytes(payload));
    }

    /** A request's head. */
    void request(int stream, boolean last, String path, String... more) {
        List<String> fields = new ArrayList<>(
                List.of(":method", last ? "GET" : "POST", ":scheme", "https", ":path", path, ":authority", "a"));
        fields.addAll(List.of(more));
        headers(stream, last, fields.toArray(String[]::new));
    }

    /** A whole field section, as it is. */
    void headers(int stream, boolean last, String... fields) {
        frame(Http2FrameTypes.HEADERS, END_HEADERS | (last ? END_STREAM : 0), stream, block(fields));
    }

    byte[] block(String... fields) {
        Http2Headers list = new DefaultHttp2Headers(false);
        for (int i = 0; i < fields.length; i += 2) {
            list.add(fields[i], fields[i + 1]);
        }
        ByteBuf out = Unpooled.buffer();
        try {
            encoder.encodeHeaders(1, list, out);
        } catch (Http2Exception e) {
            throw new AssertionError(e);
        }
        return ByteBufUtil.getBytes(out);
    }

    void data(int stream, boolean last, int bytes) {
        frame(Http2FrameTypes.DATA, last ? END_STREAM : 0, stream, new byte[bytes]);
    }

    void number(byte type, int stream, int number) {
        frame(type, 0, stream, Unpooled.buffer(4).writeInt(number).array());
    }

    /** All frames that came since the last call. */
    List<Frame> read() {
        channel.runPendingTasks();
        ByteBuf all = Unpooled.buffer();
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            all.writeBytes(out);
            out.release();
        }
        List<Frame> frames = new ArrayList<>();
        while (all.isReadable()) {
            byte[] payload = new byte[all.readUnsignedMedium()];
            byte type = all.readByte();
            int flags = all.readUnsignedByte();
            int stream = all.readInt();
            all.readBytes(payload);
            frames.add(new Frame(type, flags, stream, payload));
        }
        return frames;
    }

    List<Frame> read(byte type) {
        return read().stream().filter(frame -> frame.is(type)).toList();
    }

    /** Status of a HEADERS frame. Call it for each, in order. */
    String status(Frame frame) {
        return String.valueOf(fields(frame).status());
    }

    /** The same, for all fields. */
    Http2Headers fields(Frame frame) {
        assertThat(frame.type()).isEqualTo(Http2FrameTypes.HEADERS);
        try {
            return decoder.decodeHeaders(frame.stream(), Unpooled.wrappedBuffer(frame.payload()));
        } catch (Http2Exception e) {
            throw new AssertionError(e);
        }
    }

    void advance(long seconds) {
        channel.advanceTimeBy(seconds, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
        channel.runPendingTasks();
    }

    @Override
    public void close() {
        channel.finishAndReleaseAll();
        accepted.forEach(EmbeddedChannel::finishAndReleaseAll);
    }
}
