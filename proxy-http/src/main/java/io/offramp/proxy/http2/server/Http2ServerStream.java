package io.offramp.proxy.http2.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import io.offramp.proxy.channel.SpliceTarget;
import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.http2.ReceivedFields;
import io.offramp.proxy.http2.SentFields;
import io.offramp.proxy.message.ClientFields;
import io.offramp.proxy.message.Fields;
import io.offramp.proxy.message.Forwarding;
import io.offramp.proxy.message.RequestHead;
import io.offramp.proxy.message.ResetCode;
import io.offramp.proxy.tunnel.TunnelEnd;
import io.offramp.proxy.upstream.ConnectionEnd;
import io.offramp.proxy.upstream.UpstreamListener;
import io.offramp.proxy.upstream.UpstreamListener.Fate;
import io.offramp.proxy.upstream.UpstreamStream;
import org.jspecify.annotations.Nullable;

/**
 * One stream of a connection to a server, for one exchange. The server gets credit for those bytes of its answer that
 * were passed on; what comes while the exchange is paused waits here, within that credit. Confined to the event loop.
 */
final class Http2ServerStream implements UpstreamStream {
    private final Http2ServerConnection connection;
    private final Answer answer;
    private @Nullable UpstreamListener listener;
    private @Nullable Http2Stream stream;
    private @Nullable ChannelFuture lastWrite;
    private Sending sending = Sending.NOTHING;
    /** What this proxy has set in the head. */
    private Forwarding ours = Forwarding.NONE;

    private boolean served;

    /** Progress of the request. */
    private enum Sending {
        NOTHING,
        BODY,
        /** All of it is with the library. */
        ENDED
    }

    Http2ServerStream(Http2ServerConnection connection, UpstreamListener listener) {
        this.connection = connection;
        this.listener = listener;
        answer = new Answer(this, connection.codec().ctx().alloc());
    }

    @Nullable
    UpstreamListener listener() {
        return listener;
    }

    @Override
    public @Nullable Connection session() {
        return connection.transport().session();
    }

    Http2ServerConnection connection() {
        return connection;
    }

    /** Others get what comes from now on; null for nobody. */
    void listener(@Nullable UpstreamListener next) {
        listener = next;
    }

    @Override
    public void sendHead(RequestHead request, ClientFields client, @Nullable String upgrade) {
        String protocol = upgrade == null ? null : connection.tunnelOf(upgrade);
        ours = client.forwarding();
        answer.begin(request.message().isHead(), protocol);
        if (upgrade != null && protocol == null) {
            failLater("takes no " + upgrade + " over HTTP/2", Fate.ANSWERED);
            return;
        }
        boolean last = request.length() == 0 && protocol == null;
        Http2Headers head =
                connection.fields().request(request, client, connection.server().authority(), protocol);
        stream = connection.open(this, id -> write(id, head, last));
        if (stream == null) {
            failLater("takes no such head", Fate.REFUSED);
        }
        sending = last ? Sending.ENDED : Sending.BODY;
    }

    private boolean write(int id, Http2Headers head, boolean last) {
        ServerCodec codec = connection.codec();
        ChannelFuture written = codec.encoder().writeHeaders(codec.ctx(), id, head, 0, last, codec.promise());
        return written.cause() == null;
    }

    /** The exchange has just begun: it cannot end within this call. */
    private void failLater(String why, Fate fate) {
        connection.loop().eventLoop().execute(() -> {
            boolean opened = stream != null;
            fail(why, fate, ResetCode.INTERNAL_ERROR);
            if (!opened) {
                connection.onLeaseEnd();
            }
        });
    }

    @Override
    public void sendBody(ByteBuf piece, boolean last) {
        write(piece, last);
    }

    /** Writes a piece, which moves here. */
    void write(ByteBuf piece, boolean last) {
        Http2Stream to = stream;
        if (to == null || sending != Sending.BODY || !last && !piece.isReadable()) {
            piece.release();
            return;
        }
        ServerCodec codec = connection.codec();
        connection.onUsefulFrame(piece.readableBytes());
        lastWrite = codec.encoder().writeData(codec.ctx(), to.id(), piece, 0, last, codec.promise());
        sending = last ? Sending.ENDED : Sending.BODY;
        connection.touch();
    }

    @Override
    public void sendEnd(Fields trailers) {
        Http2Headers fields = SentFields.trailers(trailers, ours);
        Http2Stream to = stream;
        if (fields == null || to == null || sending != Sending.BODY) {
            write(Unpooled.EMPTY_BUFFER, true);
            return;
        }
        ServerCodec codec = connection.codec();
        lastWrite = codec.encoder().writeHeaders(codec.ctx(), to.id(), fields, 0, true, codec.promise());
        sending = Sending.ENDED;
        connection.touch();
    }

    /** Done when all that was written is out or lost; null if nothing was. */
    @Nullable
    ChannelFuture lastWrite() {
        return lastWrite;
    }

    /** Only a full stream is worth a flush of its own: those of all exchanges leave at the end of the turn. */
    @Override
    public void flush() {
        if (!isWritable()) {
            connection.flush();
        }
    }

    @Override
    public boolean isWritable() {
        Http2Stream to = stream;
        return to != null && connection.codec().encoder().flowController().isWritable(to);
    }

    void onWritable() {
        if (listener != null && sending == Sending.BODY) {
            listener.onWritable();
        }
    }

    @Override
    public void read(boolean on) {
        answer.read(on);
    }

    @Override
    public long bodyLeft() {
        return 0; // other streams share the socket: nothing can be spliced
    }

    @Override
    public void spliceTo(@Nullable SpliceTarget target) {}

    /** The server may never take what it has not taken before the end of its answer. */
    @Override
    public void release() {
        Http2Stream to = stream;
        listener = null;
        if (to != null && answer.isReceived() && sending == Sending.ENDED) {
            if (connection.codec().encoder().flowController().hasFlowControlled(to)) {
                connection.flush();
            }
            if (stream != null && connection.codec().encoder().flowController().hasFlowControlled(to)) {
                end(Http2Error.CANCEL);
            }
        } else {
            end(Http2Error.CANCEL);
        }
        answer.drop();
    }

    @Override
    public void reset(ResetCode code) {
        listener = null;
        end(Codes.toServer(code));
    }

    /** Resets the stream, unless it has ended in order. A server that takes nothing does not keep the lease alive. */
    void end(Http2Error code) {
        Http2Stream to = stream;
        stream = null;
        sending = Sending.ENDED;
        if (to != null) {
            if (!answer.isReceived()) {
                connection.onGivenUp();
            }
            connection.codec().reset(to, code);
            connection.touch();
            connection.forget(to);
        }
        answer.drop();
    }

    @Override
    public TunnelEnd becomeTunnel() {
        return new StreamTunnel(this);
    }

    /** Returns credit for bytes that were passed on or dropped. */
    void credit(int bytes) {
        Http2Stream from = stream;
        if (from != null && bytes > 0) {
            try {
                if (connection.codec().decoder().flowController().consumeBytes(from, bytes)) {
                    connection.touch();
                }
            } catch (Http2Exception e) {
                connection.fail(ConnectionEnd.FAILED, "credit: " + e.getMessage());
            }
        }
    }

    /** The server's DATA; returns the bytes that were passed on. */
    int onData(ByteBuf data, boolean last) throws Http2Exception {
        if (data.isReadable() || last) {
            connection.onUsefulFrame(data.readableBytes());
        } else {
            connection.onOddFrame();
        }
        toServed();
        return answer.onData(data, last);
    }

    void onFields(ReceivedFields fields, boolean last) throws Http2Exception {
        connection.onUsefulFrame(0);
        toServed();
        answer.onFields(fields, last);
    }

    int id() {
        return stream == null ? 0 : stream.id();
    }

    private void toServed() {
        if (!served) {
            served = true;
            connection.serve(this);
        }
    }

    void onReadComplete() {
        served = false;
        if (listener != null) {
            listener.onReadComplete();
        }
    }

    /**
     * The server has reset it. That is its answer, unless it has done nothing; behind a complete answer, only the rest
     * of the request is not wanted (RFC 9113 §8.1).
     */
    void onReset(long code) {
        boolean whole = isWhole();
        sending = Sending.ENDED;
        if (!whole) {
            boolean refused = code == Http2Error.REFUSED_STREAM.code();
            fail("reset: " + Codes.name(code), refused ? Fate.REFUSED : Fate.ANSWERED, Codes.toClient(code));
        }
    }

    /**
     * The library has closed it.
     *
     * @param why if that was not in order
     * @param unprocessed true if the server has not looked at it
     */
    void onStreamClosed(String why, boolean unprocessed) {
        boolean whole = isWhole();
        stream = null;
        sending = Sending.ENDED;
        if (!whole) {
            fail(why, unprocessed ? Fate.REFUSED : answer.fate(), ResetCode.INTERNAL_ERROR);
        }
    }

    /** Whether all has come that the exchange needs; a tunnel needs its way to the server as well. */
    private boolean isWhole() {
        return answer.isReceived() && (sending == Sending.ENDED || !(listener instanceof StreamTunnel));
    }

    /** What the server sends is invalid, but an answer all the same; the caller resets the stream. */
    void fail(String why) {
        Http2Stream to = stream;
        stream = null;
        sending = Sending.ENDED;
        fail(why, Fate.ANSWERED, ResetCode.INTERNAL_ERROR);
        if (to != null) {
            connection.forget(to);
        }
    }

    private void fail(String why, Fate fate, ResetCode code) {
        UpstreamListener last = listener;
        listener = null;
        answer.drop();
        if (last != null) {
            last.onFailed(why, fate, code);
        }
    }
}
