package io.offramp.proxy.http1;

import io.offramp.proxy.message.BodyFields;
import io.offramp.proxy.message.Field;
import io.offramp.proxy.message.Head;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The length of a message's body (RFC 9112 §6.3), as one number: its length, or one of the negative constants. Every
 * doubt is {@link #INVALID}: Content-Length beside Transfer-Encoding, codings other than exactly {@code chunked}, more
 * than one length.
 */
public final class Framing {
    /** Chunked; the length is not known before the end. */
    public static final long CHUNKED = -1;

    /** An answer that ends with its connection. */
    public static final long UNTIL_CLOSE = BodyFields.NONE;

    /** Invalid; {@link #problem} says why. */
    public static final long INVALID = BodyFields.INVALID;

    private static final byte[] CHUNKED_CODING = "chunked".getBytes(StandardCharsets.US_ASCII);

    private Framing() {}

    /**
     * Framing of a request: without either field it has no body. Fields that an upstream could take for these are a
     * doubt like any other.
     */
    static long ofRequest(Head request) {
        long framing = declared(request);
        if (BodyFields.doubt(request, framing) != null) {
            return INVALID;
        }
        return framing == UNTIL_CLOSE ? 0 : framing;
    }

    /** Framing of an answer; {@code toHead}: of a request with method HEAD. */
    static long ofAnswer(Head answer, boolean toHead) {
        long framing = declared(answer);
        return framing != INVALID && BodyFields.isBodiless(answer.status(), toHead) ? 0 : framing;
    }

    private static long declared(Head head) {
        long length = BodyFields.declared(head.fields());
        if (head.fields().has(Field.TRANSFER_ENCODING)) {
            return length != BodyFields.NONE || codingProblem(head) != null ? INVALID : CHUNKED;
        }
        return length;
    }

    /** Why the framing of a head is {@link #INVALID}, which it is. */
    static @Nullable String problem(Head head) {
        long length = BodyFields.declared(head.fields());
        if (head.fields().has(Field.TRANSFER_ENCODING) && !head.fields().has(Field.FRAMING_TWIN)) {
            String coding = codingProblem(head);
            return length != BodyFields.NONE || coding == null ? "Content-Length beside Transfer-Encoding" : coding;
        }
        return BodyFields.doubt(head, length);
    }

    private static @Nullable String codingProblem(Head head) {
        if (!head.modern()) {
            return "Transfer-Encoding in HTTP/1.0";
        }
        int only = head.fields().only(Field.TRANSFER_ENCODING);
        boolean chunked = only >= 0 && head.fields().isValue(only, CHUNKED_CODING);
        return chunked ? null : "Transfer-Encoding other than chunked";
    }
}
