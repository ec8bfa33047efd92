package io.offramp.proxy.http2.client;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Stream;
import io.offramp.proxy.exchange.ClientStreamListener;
import io.offramp.proxy.http2.BodyLength;
import io.offramp.proxy.http2.GrpcCall;
import io.offramp.proxy.http2.Received;
import io.offramp.proxy.http2.ReceivedFields;
import io.offramp.proxy.http2.RequestFields;
import io.offramp.proxy.http2.WaitingBody;
import io.offramp.proxy.message.Fields;
import io.offramp.proxy.message.Refusal;
import io.offramp.proxy.message.RequestHead;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Passes one request to its exchange, its body no faster than that takes it. Credit goes back for what was passed on.
 * Confined to the event loop.
 */
final class RequestPassing {
    private final Http2ClientConnection connection;
    private final Http2Stream stream;
    private final WaitingBody waiting;
    private final Supplier<@Nullable ClientStreamListener> exchange;
    private final Consumer<String> onMalformed;
    private @Nullable BodyLength length;
    private boolean passing;
    /** When the exchange last took body, or did not. */
    private long waitingSinceNs;

    /**
     * @param exchange null once it is over
     * @param onMalformed gets the reason
     */
    RequestPassing(
            Http2ClientConnection connection,
            Http2Stream stream,
            Supplier<@Nullable ClientStreamListener> exchange,
            Consumer<String> onMalformed) {
        this.connection = connection;
        this.stream = stream;
        this.exchange = exchange;
        this.onMalformed = onMalformed;
        waiting = new WaitingBody(connection.channel().alloc());
    }

    /** What waits. */
    WaitingBody waiting() {
        return waiting;
    }

    /** True if body waits, and none was taken for that long. */
    boolean isStuck(long nowNs, long ns) {
        return waiting.hasPiece() && nowNs - waitingSinceNs >= ns;
    }

    /** The head has come. */
    void onHead(
            ReceivedFields received, boolean last, ClientStreamListener to, AnswerSender answer, StreamWaits waits) {
        switch (RequestFields.head(received, last)) {
            case Received.Request(RequestHead request, BodyLength of, GrpcCall grpc) -> {
                answer.onRequest(request.message().isHead(), grpc);
                length = of;
                if (grpc != null && grpc.timeoutNs() > 0) {
                    waits.limit(connection.waits().nowNs(), grpc.timeoutNs());
                }
                if (connection.names().isMisdirected(request.target())) {
                    to.onBadRequest(request, Refusal.MISDIRECTED, "name of another certificate");
                } else {
                    to.onRequestHead(request);
                }
            }
            case Received.Refused(RequestHead request, Refusal refusal, String why) -> {
                if (request == null) {
                    to.refuse(refusal, why);
                } else {
                    answer.onRequest(request.message().isHead(), null);
                    to.onBadRequest(request, refusal, why);
                }
            }
            case Received.Malformed(String why) -> onMalformed.accept(why);
        }
    }

    /** A piece of the body has come; gives the bytes whose credit goes back at once. */
    int onData(ByteBuf data, boolean last) {
        int bytes = data.readableBytes();
        ClientStreamListener to = exchange.get();
        if (to == null) {
            return bytes;
        }
        if (length != null && !(length.take(bytes) && (!last || length.isWhole()))) {
            onMalformed.accept("body other than Content-Length");
            return bytes;
        }
        if (bytes == 0) {
            if (last) {
                passEnd(to, Fields.NONE);
            }
        } else if (isFirst() && to.takesBody()) {
            to.onRequestBody(data.retainedSlice(), last);
            return bytes;
        } else {
            waitFor(data);
            if (last) {
                waiting.end(Fields.NONE);
            }
        }
        return 0;
    }

    /** True if nothing is in front of what comes now. */
    private boolean isFirst() {
        return waiting.isEmpty() && !passing;
    }

    private void passEnd(ClientStreamListener to, Fields trailers) {
        if (isFirst() && to.takesEnd()) {
            to.onRequestEnd(trailers);
        } else {
            waiting.end(trailers);
        }
    }

    private void waitFor(ByteBuf data) {
        if (!waiting.hasPiece()) {
            waitingSinceNs = connection.waits().nowNs();
        }
        waiting.add(data);
    }

    /** Trailers have come, which end the request. */
    void onTrailers(ReceivedFields received) {
        switch (RequestFields.trailers(received)) {
            case Received.Trailers(Fields fields) -> onEnd(fields);
            case Received.Malformed(String why) -> onMalformed.accept(why);
        }
    }

    private void onEnd(Fields trailers) {
        ClientStreamListener to = exchange.get();
        if (to == null) {
            return;
        }
        if (length != null && !length.isWhole()) {
            onMalformed.accept("end of the stream in spite of Content-Length");
        } else {
            passEnd(to, trailers);
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
                waitingSinceNs = connection.waits().nowNs();
                ByteBuf piece = waiting.take();
                int bytes = piece.readableBytes();
                boolean last = waiting.endsPlainly() && waiting.takeEnd() != null;
                to.onRequestBody(piece, last);
                connection.consume(stream, bytes);
                to = exchange.get();
            }
            Fields end = to != null && !waiting.hasPiece() && to.takesEnd() ? waiting.takeEnd() : null;
            if (to != null && end != null) {
                to.onRequestEnd(end);
            }
        } finally {
            passing = false;
        }
    }
}
