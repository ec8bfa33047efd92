package io.offramp.proxy.http2.client;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Stream;
import io.offramp.proxy.budget.Holding;
import io.offramp.proxy.channel.DrainEvent;
import io.offramp.proxy.channel.FinEvent;
import io.offramp.proxy.channel.ReadGate;
import io.offramp.proxy.channel.TurnFlush;
import io.offramp.proxy.client.ClientHandler;
import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.exchange.Exchange;
import io.offramp.proxy.exchange.HttpFrontSettings;
import io.offramp.proxy.http2.ReceivedFields;
import io.offramp.proxy.http2.SentFields;
import io.offramp.proxy.http2.frame.BodyFrames;
import io.offramp.proxy.http2.frame.FrameReader;
import io.offramp.proxy.http2.frame.FrameWriter;
import io.offramp.proxy.message.ClientFields;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/2 on one client's connection: gives each stream to an {@link Exchange}, and bounds what the client may cause.
 * Credit goes back to the client for the bytes that servers took, and only for those. Confined to the event loop.
 */
final class Http2ClientConnection extends ClientHandler {
    /** Streams that one read burst may begin, for each that may be open: a client that cancels none needs one. */
    private static final int BURSTS = 2;

    private final HttpFrontSettings settings;
    private final ClientFaults faults;
    private final ClientCodec codec;
    private final Http2Connection.PropertyKey key;
    private final SentFields sent = new SentFields();
    private final List<Http2ClientStream> read = new ArrayList<>();
    private ConnectionWaits waits;
    private Holding held;
    private Goodbye goodbye;
    private WindowGrowth growth;
    private ReusedNames names;
    private long heldBytes;
    /** Streams that began in this read burst. */
    private int begun;

    private @Nullable ClientFields fields;

    @SuppressWarnings("NullAway.Init") // the rest is set by onStart
    Http2ClientConnection(HttpFrontSettings settings) {
        super(settings.upstreams(), settings.shortestNs());
        this.settings = settings;
        faults = new ClientFaults(this, settings);
        codec = ClientCodec.of(this, faults.watch(), settings);
        key = codec.connection().newKey();
        codec.connection().addListener(new Http2ConnectionAdapter() {
            @Override
            public void onStreamClosed(Http2Stream stream) {
                onClosed(stream);
            }
        });
    }

    @Override
    protected void onStart() {
        held = settings.budget().on(ctx().channel().eventLoop()).holding();
        faults.begin(ctx().executor().ticker());
        waits = new ConnectionWaits(this, settings, ctx().executor(), deadline());
        goodbye = new Goodbye(this, codec);
        names = new ReusedNames(connection(), settings);
        growth = new WindowGrowth(codec, settings.budget(), ctx().executor().ticker(), settings.http2());
        connection().onStreams(0);
        ctx().pipeline().addBefore(ctx().name(), "h2", codec);
    }

    Channel channel() {
        return ctx().channel();
    }

    Connection client() {
        return connection();
    }

    TurnFlush turnFlush() {
        return loop().turnFlush();
    }

    /** For one head after another. */
    SentFields fieldsOut() {
        return sent;
    }

    FrameWriter writer() {
        return codec.writer();
    }

    ConnectionWaits waits() {
        return waits;
    }

    ReusedNames names() {
        return names;
    }

    /** Flushes all streams. */
    void flush() {
        codec.burst().flush();
    }

    ClientFields fields() {
        ClientFields known = fields;
        if (known == null) {
            known = ClientFields.of(connection(), settings.trustedProxies(), settings.forwarding());
            fields = known;
        }
        return known;
    }

    /** Streams that are open. */
    int streams() {
        return codec.connection().numActiveStreams();
    }

    @Nullable
    Http2ClientStream stream(Http2Stream stream) {
        return stream.getProperty(key);
    }

    /** Calls for each open stream that has an exchange. */
    void forEach(Consumer<Http2ClientStream> action) {
        try {
            codec.connection().forEachActiveStream(each -> {
                Http2ClientStream stream = each.getProperty(key);
                if (stream != null) {
                    action.accept(stream);
                }
                return true;
            });
        } catch (Http2Exception e) {
            throw new IllegalStateException(e); // ours throws none
        }
    }

    /** A field section is complete: the head of a request, or its trailers. */
    void onFields(int streamId, ReceivedFields received, boolean last) {
        Http2Stream stream = codec.connection().stream(streamId);
        Http2ClientStream known = stream.getProperty(key);
        if (known != null) {
            toRead(known);
            known.onTrailers(received);
            return;
        }
        int most = settings.http2().streams();
        if (!goodbye.takesStreams() || streams() > most || ++begun > BURSTS * most) {
            reset(streamId, Http2Error.REFUSED_STREAM);
            faults.spend(Glitch.REFUSED);
            return;
        }
        Http2ClientStream opened = new Http2ClientStream(this, stream, settings);
        stream.setProperty(key, opened);
        waits.onStream();
        connection().onStreams(streams());
        faults.onRequest();
        if (connection().ageNs() >= settings.http2().maxAge().toNanos()) {
            goodbye.begin();
        }
        toRead(opened);
        opened.onHead(received, last, new Exchange(opened, settings, loop()));
    }

    /** Bytes that go back to the client as credit at once. */
    int onData(int streamId, ByteBuf data, boolean last) {
        Http2Stream netty = codec.connection().stream(streamId);
        Http2ClientStream stream = stream(netty);
        int bytes = data.readableBytes();
        if (bytes == 0 && !last) { // padding counts for nothing
            faults.spend(Glitch.EMPTY);
        }
        if (stream == null) {
            return bytes;
        }
        if (bytes > 0) {
            faults.onReceived(bytes);
            growth.onData(netty, bytes);
        }
        toRead(stream);
        return stream.onData(data, last);
    }

    /** It has got something in this read burst; one entry for many frames. */
    private void toRead(Http2ClientStream stream) {
        if (stream.isFirstOfBurst()) {
            read.add(stream);
        }
    }

    /** The client takes a stream back. */
    void onReset(int streamId) {
        Http2ClientStream stream = stream(codec.connection().stream(streamId));
        if (stream != null && stream.isUnderWay()) {
            faults.spend(stream.waits().isYoung(waits.nowNs()) ? Glitch.CANCELLED : Glitch.LEFT);
        }
    }

    private void onClosed(Http2Stream closed) {
        Http2ClientStream stream = closed.getProperty(key);
        if (stream != null) {
            stream.onClosed();
            connection().onStreams(streams());
            if (streams() == 0 && channel().isActive()) {
                waits.onIdle();
                goodbye.onIdle();
            }
        }
    }

    void onWritability(Http2Stream stream) {
        Http2ClientStream known = stream.getProperty(key);
        if (known != null) {
            known.onWritabilityChanged();
        }
    }

    /** Bytes of a request's body were taken. */
    void consume(Http2Stream stream, int bytes) {
        try {
            codec.connection().local().flowController().consumeBytes(stream, bytes);
        } catch (Http2Exception e) {
            codec.onError(codec.context(), false, e);
        }
    }

    /** Ends a stream. */
    void reset(int streamId, Http2Error code) {
        ChannelHandlerContext context = codec.context();
        codec.resetStream(context, streamId, code.code(), context.newPromise());
    }

    /** Ends a stream that may be over already. */
    void end(Http2Stream stream, Http2Error code) {
        if (stream.state() != Http2Stream.State.CLOSED) {
            reset(stream.id(), code);
        }
        flush();
    }

    /** Our side of a stream has ended. */
    void endLocal(Http2Stream stream) {
        faults.onAnswered();
        codec.closeStreamLocal(stream, codec.context().newSucceededFuture());
    }

    /** Queues body, or the end of it. */
    void queue(Http2Stream stream, BodyFrames frames) {
        codec.connection().remote().flowController().addFlowControlled(stream, frames);
        codec.burst().queued();
    }

    boolean isWritable(Http2Stream stream) {
        return codec.connection().remote().flowController().isWritable(stream);
    }

    /** @param bytes more heap that a request's head takes; negative for less */
    void hold(long bytes) {
        heldBytes += bytes;
        held.set(heldBytes);
    }

    /** A field section does not end. */
    void onFieldsLate() {
        faults.endConnection(Http2Exception.connectionError(Http2Error.ENHANCE_YOUR_CALM, "field section incomplete"));
    }

    ClientFaults faults() {
        return faults;
    }

    Goodbye goodbye() {
        return goodbye;
    }

    boolean hasInputEnded() {
        return isInputEnded();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        for (Http2ClientStream stream : read) {
            stream.onReadComplete();
        }
        read.clear();
        if (begun > 0 && !channel().isWritable()) {
            gate().hold(ReadGate.Holder.FRONT); // answers that are all head wait for no window
        }
        begun = 0;
        FrameReader reader = codec.reader();
        waits.forFields(reader.part() == FrameReader.Part.FIELDS, reader.sections());
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (channel().isWritable()) {
            gate().release(ReadGate.Holder.FRONT);
        }
    }

    /** The codec has applied our SETTINGS. We refuse streams ourselves: one it refuses, it does not know later. */
    void onSettingsAck() {
        codec.connection().remote().maxActiveStreams(Integer.MAX_VALUE);
    }

    void onPingAck(long data) {
        goodbye.onPingAck(data);
        growth.onPingAck(data);
    }

    void onGoAway() {
        goodbye.onClientGoAway();
    }

    @Override
    protected void onDeadline() {
        waits.onDeadline();
    }

    @Override
    protected boolean onEvent(Object event) {
        if (event instanceof DrainEvent) {
            goodbye.begin();
        } else if (event == FinEvent.INSTANCE) {
            onFin();
        } else {
            return false;
        }
        return true;
    }

    /** Answers that have not begun are called off. Those that have begun go on: a client that has left resets them. */
    private void onFin() {
        if (settings.abortsOnFin()) {
            forEach(stream -> {
                if (!stream.isAnswered()) {
                    stream.onClosed();
                    reset(stream.streamId(), Http2Error.CANCEL);
                }
            });
        }
    }

    @Override
    protected void onInputEnded() {
        forEach(stream -> {
            if (!stream.isRequestComplete() || stream.isTunnel()) {
                stream.onClosed();
                reset(stream.streamId(), Http2Error.CANCEL);
            }
        });
        goodbye.onInputEnded();
    }

    @Override
    protected void onDrainOver() {
        forEach(Http2ClientStream::drainTunnel);
        flush();
    }

    @Override
    protected void onShed() {
        waits.shed();
    }

    @Override
    protected void onGone() {
        forEach(Http2ClientStream::onClosed);
        if (held != null) {
            held.clear();
        }
    }
}
