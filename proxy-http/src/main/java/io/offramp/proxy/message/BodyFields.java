package io.offramp.proxy.message;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** What a head's fields say of its body, for all versions of HTTP. Every doubt is a fault. Pure functions. */
public final class BodyFields {
    /** No Content-Length. */
    public static final long NONE = -2;

    /** Several, or one that is not digits alone. */
    public static final long INVALID = -3;

    private static final byte[] KEY_1 = "sec-websocket-key1".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] KEY_2 = "sec-websocket-key2".getBytes(StandardCharsets.US_ASCII);

    private BodyFields() {}

    /** The length that Content-Length declares, or one of the negative constants. */
    public static long declared(Fields fields) {
        if (!fields.has(Field.CONTENT_LENGTH)) {
            return NONE;
        }
        int only = fields.only(Field.CONTENT_LENGTH);
        long length = only < 0 ? -1 : fields.number(only);
        return length < 0 ? INVALID : length;
    }

    /**
     * Why a server behind us may see another body of a request than we do; null if it cannot.
     *
     * @param declared of its fields
     */
    public static @Nullable String doubt(Head request, long declared) {
        if (request.fields().has(Field.FRAMING_TWIN)) {
            return "field that may be taken for Content-Length or Transfer-Encoding";
        }
        if (declared == INVALID) {
            return "Content-Length";
        }
        return declared == NONE && hasHiddenBody(request) ? "WebSocket draft 76" : null;
    }

    /**
     * Some upstreams, for example those with Netty's decoder, give this handshake, which is in no RFC, a body of eight
     * bytes without a length field.
     */
    private static boolean hasHiddenBody(Head head) {
        return head.isGet() && head.fields().hasName(KEY_1) && head.fields().hasName(KEY_2);
    }

    /** True if an answer has no body in spite of its fields. */
    public static boolean isBodiless(int status, boolean toHead) {
        return toHead || status < 200 || status == 204 || status == 304;
    }
}
