package io.offramp.proxy.http2;

import io.offramp.proxy.message.AnswerHead;
import io.offramp.proxy.message.Fields;
import io.offramp.proxy.message.Head;
import io.offramp.proxy.message.Refusal;
import io.offramp.proxy.message.RequestHead;
import org.jspecify.annotations.Nullable;

/** The meaning of a received field list. */
public sealed interface Received {
    /** Of the first list of a client's stream. */
    sealed interface OfRequest extends Received {}

    /** Of a list of a server's stream that is not its trailers. */
    sealed interface OfAnswer extends Received {}

    /** Of the last list of a stream, behind its head. */
    sealed interface OfTrailers extends Received {}

    /**
     * A valid request.
     *
     * @param head its length is 0 only if the stream ends with it, or if it asks for a tunnel
     * @param body what its body has to be
     * @param grpc the call of gRPC that it is; null if it is none
     */
    record Request(
            RequestHead head, BodyLength body, @Nullable GrpcCall grpc) implements OfRequest {}

    /**
     * A request that gets an answer of our own.
     *
     * @param head for the log; null if it has no start line
     */
    record Refused(
            @Nullable RequestHead head,
            Refusal refusal,
            @Nullable String why) implements OfRequest {
        static Refused of(Head head, Refusal refusal, @Nullable String why) {
            return new Refused(RequestFields.refused(head), refusal, why);
        }
    }

    /**
     * A valid answer, or an interim one.
     *
     * @param head its length is 0 only if the stream ends with it, or if its body is empty by its status or method
     * @param body what its body has to be
     */
    record Answer(AnswerHead head, BodyLength body) implements OfAnswer {}

    /** Valid trailers; of which those pass that {@link io.offramp.proxy.exchange.TrailerRules} lets. */
    record Trailers(Fields fields) implements OfTrailers {}

    /** A stream error of type PROTOCOL_ERROR (RFC 9113 §8.1.1). */
    record Malformed(String why) implements OfRequest, OfAnswer, OfTrailers {
        Malformed(Defect defect) {
            this(defect.why());
        }
    }
}
