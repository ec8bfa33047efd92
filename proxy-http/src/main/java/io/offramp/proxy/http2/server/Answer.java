package io.offramp.proxy.http2.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.offramp.proxy.http2.AnswerFields;
import io.offramp.proxy.http2.BodyLength;
import io.offramp.proxy.http2.Received;
import io.offramp.proxy.http2.ReceivedFields;
import io.offramp.proxy.http2.WaitingBody;
import io.offramp.proxy.message.AnswerHead;
import io.offramp.proxy.message.Fields;
import io.offramp.proxy.upstream.UpstreamListener;
import io.offramp.proxy.upstream.UpstreamListener.Fate;
import org.jspecify.annotations.Nullable;

/**
 * The answer on one stream: its heads in order, and its body against the length that its head gave, so that it is never
 * short and complete at once (RFC 9113 §8.1.1). Confined to the event loop.
 */
final class Answer {
    /** Interim heads (1xx) in front of one answer; more are a flood. */
    private static final int MAX_INTERIMS = 100;

    private final Http2ServerStream stream;
    private final WaitingBody waiting;
    private State state = State.AWAITED;
    private @Nullable BodyLength body;
    private @Nullable String protocol;
    private Fields trailers = Fields.NONE;
    private boolean toHead;
    private boolean paused;
    private int interims;

    private enum State {
        /** Nothing has come. */
        AWAITED,
        /** An interim head has come. */
        INTERIM,
        /** The head has come. */
        BODY,
        /** The server has ended the stream; the rest may wait for the exchange. */
        RECEIVED
    }

    /** @param allocator for small pieces that wait */
    Answer(Http2ServerStream stream, ByteBufAllocator allocator) {
        this.stream = stream;
        waiting = new WaitingBody(allocator);
    }

    /**
     * A request is sent.
     *
     * @param head whether its method is HEAD
     * @param upgrade the protocol that it asks for, if it does
     */
    void begin(boolean head, @Nullable String upgrade) {
        toHead = head;
        protocol = upgrade;
    }

    /** What has become of the request if no more comes. */
    Fate fate() {
        return state == State.AWAITED ? Fate.UNANSWERED : Fate.ANSWERED;
    }

    /** Whether the server has sent all of it. */
    boolean isReceived() {
        return state == State.RECEIVED;
    }

    void onFields(ReceivedFields fields, boolean last) throws Http2Exception {
        if (state == State.BODY) {
            onTrailers(fields);
        } else {
            onHead(fields, last);
        }
    }

    private void onHead(ReceivedFields fields, boolean last) throws Http2Exception {
        switch (AnswerFields.head(fields, last, toHead, protocol)) {
            case Received.Malformed(String why) -> throw malformed(why);
            case Received.Answer(AnswerHead head, BodyLength length) -> {
                if (head.isInterim()) {
                    onInterim();
                } else {
                    state = last ? State.RECEIVED : State.BODY;
                    body = length;
                }
                pass(head);
                completeIfPassed();
            }
        }
    }

    /** Heads have no flow control: hints are left out while the client does not read. */
    private void pass(AnswerHead head) {
        UpstreamListener to = stream.listener();
        boolean hint = head.isInterim() && head.status() != 100;
        if (to != null && !(hint && paused)) {
            to.onHead(head);
        }
    }

    private void onInterim() throws Http2Exception {
        state = State.INTERIM;
        if (++interims > MAX_INTERIMS) {
            throw malformed("more than " + MAX_INTERIMS + " interim heads");
        }
    }

    private void onTrailers(ReceivedFields fields) throws Http2Exception {
        switch (AnswerFields.trailers(fields)) {
            case Received.Malformed(String why) -> throw malformed(why);
            case Received.Trailers(Fields last) -> {
                trailers = last;
                onLast();
                completeIfPassed();
            }
        }
    }

    /**
     * A piece of the body.
     *
     * @param data not owned
     * @return bytes that were passed on, or are wanted by nobody
     */
    int onData(ByteBuf data, boolean last) throws Http2Exception {
        int bytes = data.readableBytes();
        if (state != State.BODY || body == null) {
            throw malformed("DATA in front of a head");
        }
        if (!body.take(bytes)) {
            throw malformed("more DATA than Content-Length");
        }
        if (last) {
            onLast();
        }
        UpstreamListener to = stream.listener();
        boolean waits = bytes > 0 && to != null && (paused || waiting.hasPiece());
        if (waits) {
            waiting.add(data);
        } else if (bytes > 0 && to != null) {
            to.onBody(data.retain());
        }
        completeIfPassed();
        return waits ? 0 : bytes;
    }

    private void onLast() throws Http2Exception {
        if (body != null && !body.isWhole()) {
            throw malformed("less DATA than Content-Length");
        }
        state = State.RECEIVED;
    }

    private int passFirst() {
        UpstreamListener to = stream.listener();
        ByteBuf piece = waiting.take();
        int bytes = piece.readableBytes();
        if (to == null) {
            piece.release();
        } else {
            to.onBody(piece);
        }
        return bytes;
    }

    private void completeIfPassed() {
        UpstreamListener last = stream.listener();
        if (state == State.RECEIVED && !waiting.hasPiece() && last != null) {
            stream.listener(null);
            last.onEnd(trailers);
        }
    }

    /** Pauses or resumes the exchange. */
    void read(boolean on) {
        paused = !on;
        if (on && waiting.hasPiece()) {
            while (!paused && waiting.hasPiece()) {
                stream.credit(passFirst());
            }
            completeIfPassed();
            stream.onReadComplete();
        }
    }

    /** The exchange is over. */
    void drop() {
        stream.credit(waiting.drop());
    }

    private Http2Exception malformed(String why) {
        return Http2Exception.streamError(stream.id(), Http2Error.PROTOCOL_ERROR, "%s", why);
    }
}
