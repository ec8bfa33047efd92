package io.offramp.proxy.http1;

import io.netty.buffer.ByteBuf;
import io.offramp.proxy.exchange.ClientStreamListener;
import io.offramp.proxy.http1.MessageReader.Step;
import io.offramp.proxy.message.HeadLimits;
import io.offramp.proxy.message.Refusal;

/** Reads requests for their exchanges, step by step, and no further than the exchange takes them. */
final class RequestReader {
    private final MessageReader reader;
    private Step head = Step.MORE;

    RequestReader(HeadLimits limits) {
        reader = MessageReader.ofRequests(limits.requestLineBytes(), limits.headBytes());
    }

    /** True if a request begins; takes empty lines in front of it. */
    boolean begins(ByteBuf in) {
        return reader.begins(in);
    }

    /** Takes bytes of a head; true when it is over: then call {@link #tellHead}. */
    boolean readHead(ByteBuf in) {
        head = reader.read(in);
        return head != Step.MORE;
    }

    /** Gives the head to the stream, or its fault to the exchange. */
    void tellHead(Http1ClientStream stream, ClientStreamListener exchange) {
        if (head == Step.HEAD) {
            stream.onHead(reader.takeHead(), reader.framing(), reader.problem(), exchange);
        } else {
            refuse(exchange);
        }
    }

    /** Takes the next piece of a body, or its end; false if the rest has to wait for the exchange. */
    boolean readBody(ByteBuf in, ClientStreamListener exchange) {
        boolean takesBody = exchange.takesBody();
        if (!takesBody && !exchange.takesEnd()) {
            return false;
        }
        switch (takesBody ? reader.read(in) : reader.readToContent(in)) {
            case PIECE -> exchange.onRequestBody(reader.takePiece(), reader.isComplete());
            case END -> exchange.onRequestEnd(reader.trailers());
            case REFUSED -> refuse(exchange);
            default -> {
                return !in.isReadable();
            }
        }
        return true;
    }

    private void refuse(ClientStreamListener exchange) {
        Refusal refusal = switch (reader.refusal()) {
            case LINE_TOO_LONG -> Refusal.LINE_TOO_LONG;
            case TOO_LARGE -> Refusal.HEAD_TOO_LARGE;
            case VERSION -> Refusal.VERSION;
            default -> Refusal.BAD_REQUEST;
        };
        exchange.refuse(refusal, reader.problem());
    }

    /** Heap that an incomplete head takes. */
    int heldBytes() {
        return reader.heldBytes();
    }

    /** Drops an incomplete head; nothing is read after that. */
    void close() {
        reader.close();
    }
}
