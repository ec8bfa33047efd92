package io.offramp.proxy.http2.client;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import io.offramp.proxy.http2.GrpcCall;
import io.offramp.proxy.http2.SentFields;
import io.offramp.proxy.http2.frame.BodyFrames;
import io.offramp.proxy.message.AnswerHead;
import io.offramp.proxy.message.Fields;
import io.offramp.proxy.message.Forwarding;
import io.offramp.proxy.message.HttpDate;
import io.offramp.proxy.message.OwnAnswer;
import org.jspecify.annotations.Nullable;

/** Sends the answer of one stream: heads at once, body and end behind flow control. Confined to the event loop. */
final class AnswerSender {
    private final Http2ClientConnection connection;
    private final Http2Stream stream;
    private final BodyFrames.Sink sink;
    private final HttpDate date;
    private State state = State.NONE;
    private boolean toHead;
    private @Nullable GrpcCall call;

    private enum State {
        NONE,
        /** Its head is out; body follows. */
        BODY,
        /** Its head is out, and is all of it. */
        WHOLE,
        /** Its end is queued, or out. */
        ENDED
    }

    AnswerSender(Http2ClientConnection connection, Http2Stream stream, BodyFrames.Sink sink, HttpDate date) {
        this.connection = connection;
        this.stream = stream;
        this.sink = sink;
        this.date = date;
    }

    /**
     * The request is known.
     *
     * @param isHead whether its method is HEAD
     * @param grpc the call that it is; null if it is none
     */
    void onRequest(boolean isHead, @Nullable GrpcCall grpc) {
        toHead = isHead;
        call = grpc;
    }

    boolean isEnded() {
        return state == State.ENDED;
    }

    void interim(AnswerHead head) {
        send(connection.fieldsOut().answer(head, date), true, false);
    }

    void head(AnswerHead head) {
        begin(head.length() == 0 || toHead);
        send(connection.fieldsOut().answer(head, date), false, state == State.WHOLE);
    }

    /** The head of a 101: the stream is a tunnel behind it. */
    void tunnel(AnswerHead head) {
        begin(false);
        send(connection.fieldsOut().answer(head, date), false, false);
    }

    private void begin(boolean whole) {
        state = whole ? State.WHOLE : State.BODY;
    }

    private void send(Http2Headers fields, boolean interim, boolean last) {
        try {
            connection.writer().headers(stream.id(), fields, last);
        } catch (Http2Exception e) {
            throw new IllegalStateException(e); // the encoder has no limits
        }
        stream.headersSent(interim);
    }

    /** A piece, which moves here. */
    void body(ByteBuf piece) {
        if (state != State.BODY || !piece.isReadable()) {
            piece.release();
            return;
        }
        connection.queue(stream, BodyFrames.piece(sink, stream.id(), piece));
    }

    void end(Fields trailers) {
        boolean whole = state == State.WHOLE;
        state = State.ENDED;
        if (whole) {
            sink.onEndWritten();
            return;
        }
        connection.queue(stream, BodyFrames.end(sink, stream.id(), SentFields.trailers(trailers, Forwarding.NONE)));
    }

    /** A whole answer of our own. */
    void own(OwnAnswer answer) {
        GrpcCall grpc = call;
        SentFields fields = connection.fieldsOut();
        begin(toHead || grpc != null || answer.body().length == 0);
        send(
                grpc == null ? fields.answer(answer, date) : fields.answer(answer, grpc, date),
                false,
                state == State.WHOLE);
        if (state == State.BODY) {
            body(Unpooled.wrappedBuffer(answer.body()));
        }
        end(Fields.NONE);
    }
}
