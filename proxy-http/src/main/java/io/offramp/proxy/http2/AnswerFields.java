package io.offramp.proxy.http2;

import io.offramp.proxy.message.AnswerHead;
import io.offramp.proxy.message.BodyFields;
import io.offramp.proxy.message.ConnectionOptions;
import io.offramp.proxy.message.Head;
import org.jspecify.annotations.Nullable;

/** Rules for the field lists of a server (RFC 9113 §8). Pure functions, apart from taking the list. */
public final class AnswerFields {
    private AnswerFields() {}

    /**
     * Reads a list of a stream that has had no final head.
     *
     * @param ended whether the stream ends with it
     * @param toHead whether the request's method was HEAD
     * @param upgrade protocols that the request has asked for, as {@link SentFields#request} got them; null if none. A
     *     success then becomes 101 with {@code Upgrade}, as an exchange knows it.
     */
    public static Received.OfAnswer head(
            ReceivedFields fields, boolean ended, boolean toHead, @Nullable String upgrade) {
        Defect defect = fields.end();
        if (defect != Defect.NONE) {
            return new Received.Malformed(defect);
        }
        if (fields.kind() != PseudoFields.Kind.ANSWER) {
            return new Received.Malformed(
                    fields.kind() == PseudoFields.Kind.REQUEST ? Defect.PSEUDO_MISPLACED : Defect.PSEUDO_MISSING);
        }
        int status = fields.statusCode();
        // = RFC 9113 §8.6
        // # HTTP/2 removes support for the 101 (Switching Protocols) informational status code
        if (status == 101) {
            return new Received.Malformed("status 101");
        }
        if (status < 200 && ended) {
            return new Received.Malformed("end of the stream in an interim answer");
        }
        if (upgrade != null && status >= 200 && status < 300) {
            fields.switchTo(SentFields.protocol(upgrade));
            AnswerHead head = new AnswerHead(fields.take(), ConnectionOptions.UPGRADING, 0, 0);
            return new Received.Answer(head, BodyLength.of(BodyFields.NONE));
        }
        return judge(fields.take(), ended, BodyFields.isBodiless(status, toHead));
    }

    private static Received.OfAnswer judge(Head head, boolean ended, boolean bodiless) {
        long declared = BodyFields.declared(head.fields());
        if (declared == BodyFields.INVALID) {
            return new Received.Malformed("Content-Length");
        }
        if (ended && declared > 0 && !bodiless) {
            return new Received.Malformed("end of the stream in spite of Content-Length");
        }
        boolean empty = ended || bodiless;
        long length = empty ? 0 : declared > 0 ? declared : -1;
        return new Received.Answer(
                new AnswerHead(head, ConnectionOptions.NONE, length, 0), BodyLength.of(empty ? 0 : declared));
    }

    /** Reads the last list of a stream, behind its head; the stream ends with it. */
    public static Received.OfTrailers trailers(ReceivedFields fields) {
        Defect defect = fields.end();
        if (defect == Defect.NONE && fields.kind() != PseudoFields.Kind.TRAILERS) {
            defect = Defect.PSEUDO_MISPLACED;
        }
        return defect == Defect.NONE ? new Received.Trailers(fields.take().fields()) : new Received.Malformed(defect);
    }
}
