package io.offramp.proxy.http2;

import io.offramp.proxy.message.BodyFields;
import io.offramp.proxy.message.ConnectionOptions;
import io.offramp.proxy.message.Head;
import io.offramp.proxy.message.Refusal;
import io.offramp.proxy.message.RequestHead;
import io.offramp.proxy.message.RequestTarget;

/**
 * Rules for the field lists of a client (RFC 9113 §8). What HTTP/1 has as well, it decides in the same way. Pure
 * functions, apart from taking the list.
 */
public final class RequestFields {
    private RequestFields() {}

    /**
     * Reads the first list of a stream.
     *
     * @param ended whether the stream ends with it
     */
    public static Received.OfRequest head(ReceivedFields fields, boolean ended) {
        Defect defect = fields.end();
        if (defect.isMalformed()) {
            return new Received.Malformed(defect);
        }
        switch (fields.kind()) {
            case ANSWER -> {
                return new Received.Malformed(Defect.PSEUDO_MISPLACED);
            }
            case TRAILERS -> {
                return new Received.Malformed(Defect.PSEUDO_MISSING);
            }
            case REQUEST -> {}
        }
        Refusal refusal = defect.refusal();
        if (refusal != null) {
            RequestHead head = fields.hasStartLine() ? refused(fields.take()) : null;
            return new Received.Refused(head, refusal, defect.why());
        }
        boolean tunnel = fields.protocol() != null;
        return judge(fields.take(), tunnel, ended);
    }

    private static Received.OfRequest judge(Head head, boolean tunnel, boolean ended) {
        long declared = BodyFields.declared(head.fields());
        String doubt = BodyFields.doubt(head, declared);
        if (doubt != null) {
            return Received.Refused.of(head, Refusal.BAD_REQUEST, doubt);
        }
        if (ended && declared > 0) {
            return new Received.Malformed("end of the stream in spite of Content-Length");
        }
        if (!head.isGet() && head.method().equals("CONNECT")) {
            return Received.Refused.of(head, Refusal.NOT_IMPLEMENTED, null);
        }
        RequestTarget target = RequestTarget.of(head);
        String problem = target.problem();
        if (problem != null) {
            return Received.Refused.of(head, Refusal.BAD_REQUEST, problem);
        }
        if (tunnel) {
            // What comes behind it is no body, but bytes of the tunnel.
            RequestHead request = new RequestHead(head, target, ConnectionOptions.UPGRADING, 0);
            return new Received.Request(request, BodyLength.of(BodyFields.NONE), null);
        }
        long length = ended ? 0 : declared > 0 ? declared : -1;
        return new Received.Request(
                new RequestHead(head, target, ConnectionOptions.NONE, length),
                BodyLength.of(ended ? 0 : declared),
                GrpcCall.of(head));
    }

    static RequestHead refused(Head head) {
        return new RequestHead(head, RequestTarget.NONE, ConnectionOptions.NONE, 0);
    }

    /** Reads the last list of a stream, behind its head; the stream ends with it. */
    public static Received.OfTrailers trailers(ReceivedFields fields) {
        return AnswerFields.trailers(fields);
    }
}
