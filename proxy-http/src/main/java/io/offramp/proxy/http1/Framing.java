package io.offramp.proxy.http1;

import io.offramp.proxy.message.Field;
import io.offramp.proxy.message.Fields;
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
    public static final long UNTIL_CLOSE = -2;

    /** Invalid; {@link #problem} says why. */
    public static final long INVALID = -3;

    private static final byte[] CHUNKED_CODING = "chunked".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] KEY_1 = "sec-websocket-key1".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] KEY_2 = "sec-websocket-key2".getBytes(StandardCharsets.US_ASCII);

    private Framing() {}

    /**
     * Framing of a request: without either field it has no body. Fields that an upstream could take for these are a
     * doubt like any other.
     */
    static long ofRequest(Head request) {
        if (request.fields().has(Field.FRAMING_TWIN)) {
            return INVALID;
        }
        long framing = declared(request);
        if (framing != UNTIL_CLOSE) {
            return framing;
        }
        return hasHiddenBody(request) ? INVALID : 0;
    }

    /** Framing of an answer; {@code toHead}: of a request with method HEAD. */
    static long ofAnswer(Head answer, boolean toHead) {
        long framing = declared(answer);
        return framing != INVALID && isBodiless(answer.status(), toHead) ? 0 : framing;
    }

    /** True if an answer has no body in spite of its fields. */
    public static boolean isBodiless(int status, boolean toHead) {
        return toHead || status < 200 || status == 204 || status == 304;
    }

    private static long declared(Head head) {
        Fields fields = head.fields();
        boolean hasLength = fields.has(Field.CONTENT_LENGTH);
        if (fields.has(Field.TRANSFER_ENCODING)) {
            return hasLength || codingProblem(head) != null ? INVALID : CHUNKED;
        }
        if (!hasLength) {
            return UNTIL_CLOSE;
        }
        int only = fields.only(Field.CONTENT_LENGTH);
        long length = only < 0 ? -1 : fields.number(only);
        return length < 0 ? INVALID : length;
    }

    /** Why the framing of a head is {@link #INVALID}, which it is. */
    static String problem(Head head) {
        boolean hasLength = head.fields().has(Field.CONTENT_LENGTH);
        if (head.fields().has(Field.FRAMING_TWIN)) {
            return "field that may be taken for Content-Length or Transfer-Encoding";
        }
        if (head.fields().has(Field.TRANSFER_ENCODING)) {
            String coding = codingProblem(head);
            return hasLength || coding == null ? "Content-Length beside Transfer-Encoding" : coding;
        }
        return hasLength ? "Content-Length" : "WebSocket draft 76";
    }

    private static @Nullable String codingProblem(Head head) {
        if (!head.modern()) {
            return "Transfer-Encoding in HTTP/1.0";
        }
        int only = head.fields().only(Field.TRANSFER_ENCODING);
        boolean chunked = only >= 0 && head.fields().isValue(only, CHUNKED_CODING);
        return chunked ? null : "Transfer-Encoding other than chunked";
    }

    /**
     * Some upstreams, for example those with Netty's decoder, give this handshake, which is in no RFC, a body of eight
     * bytes without a length field.
     */
    private static boolean hasHiddenBody(Head head) {
        return head.isGet() && head.fields().hasName(KEY_1) && head.fields().hasName(KEY_2);
    }
}
