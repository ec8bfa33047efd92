package io.offramp.proxy.http2.client;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Stream;
import io.offramp.proxy.exchange.ClientStreamListener;
import io.offramp.proxy.http2.BodyLength;
import io.offramp.proxy.http2.WaitingBody;
import io.offramp.proxy.message.Fields;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Passes the body of one request to its exchange, no faster than that takes it. Credit goes back for what was passed
 * on. Confined to the event loop.
 */
final class RequestPassing {
    private final Http2ClientConnection connection;
    private final Http2Stream stream;
    private final WaitingBody waiting;
    private final Supplier<@Nullable ClientStreamListener> exchange;
    private @Nullable BodyLength length;
    private boolean passing;

    /** @param exchange null once it is over */
    RequestPassing(
            Http2ClientConnection connection, Http2Stream stream, Supplier<@Nullable ClientStreamListener> exchange) {
        this.connection = connection;
        this.stream = stream;
        this.exchange = exchange;
        waiting = new WaitingBody(connection.channel().alloc());
    }

    void begin(BodyLength declared) {
        length = declared;
    }

    /** What waits. */
    WaitingBody waiting() {
        return waiting;
    }

    /** False if the body is another than the head has declared. */
    boolean fits(int bytes, boolean last) {
        return length == null || length.take(bytes) && (!last || length.isWhole());
    }

    /** A piece has come; gives the bytes whose credit goes back at once. */
    int onData(ClientStreamListener to, ByteBuf data, boolean last) {
        int bytes = data.readableBytes();
        if (waiting.isEmpty() && !passing && to.takesBody()) {
            if (bytes > 0) {
                to.onRequestBody(data.retainedSlice(), last);
            } else if (last) {
                to.onRequestEnd(Fields.NONE);
            }
            return bytes;
        }
        if (bytes > 0) {
            waiting.add(data);
        }
        if (last) {
            waiting.end(Fields.NONE);
        }
        return 0;
    }

    /** The body ends with trailers. */
    void onTrailers(ClientStreamListener to, Fields trailers) {
        if (waiting.isEmpty() && !passing && to.takesBody()) {
            to.onRequestEnd(trailers);
        } else {
            waiting.end(trailers);
        }
    }

    /** Passes on what waits, as far as it is taken. */
    void resume() {
        if (passing || waiting.isEmpty()) {
            return;
        }
        passing = true;
        try {
            ClientStreamListener to = exchange.get();
            while (to != null && waiting.hasPiece() && to.takesBody()) {
                ByteBuf piece = waiting.take();
                int bytes = piece.readableBytes();
                boolean last = waiting.endsPlainly() && waiting.takeEnd() != null;
                to.onRequestBody(piece, last);
                connection.consume(stream, bytes);
                to = exchange.get();
            }
            Fields end = to != null && !waiting.hasPiece() && to.takesBody() ? waiting.takeEnd() : null;
            if (to != null && end != null) {
                to.onRequestEnd(end);
            }
        } finally {
            passing = false;
        }
    }
}
