package io.offramp.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.offramp.proxy.http.codec.Field;
import io.offramp.proxy.http.codec.Fields;
import io.offramp.proxy.http.codec.Head;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * {@code Max-Forwards} of OPTIONS and TRACE (RFC 9110 §7.6.2): how many hops may still follow, this one included. At 0
 * this proxy answers as if it were the server. Pure functions.
 */
final class MaxForwards {
    /** Not told, or of a method where it means nothing. */
    static final long NONE = -1;

    /** No number, or several. */
    static final long INVALID = -2;

    /** Larger numbers become this one, as §7.6.2 allows. */
    private static final int MOST = 1_000_000;

    private static final byte[] OPTIONS = ascii("HTTP/1.1 200 OK\r\nAllow: OPTIONS, TRACE\r\nContent-Length: 0\r\n");
    private static final byte[] TRACE = ascii("HTTP/1.1 200 OK\r\nContent-Type: message/http\r\nContent-Length: ");
    private static final byte[] CLOSE = ascii("Connection: close\r\n");

    /** A client must not send these with TRACE, and a script that can must not read them (RFC 9110 §9.3.8). */
    private static final Set<String> SECRET = Set.of("authorization", "cookie", "cookie2");

    private MaxForwards() {}

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** The number, or one of the negative constants. */
    static long of(Head request) {
        if (!request.fields().has(Field.MAX_FORWARDS)
                || !isTrace(request) && !request.method().equals("OPTIONS")) {
            return NONE;
        }
        List<String> values = request.fields().all(Field.MAX_FORWARDS);
        String digits = values.getFirst();
        if (values.size() > 1 || !digits.chars().allMatch(c -> c >= '0' && c <= '9') || digits.isEmpty()) {
            return INVALID;
        }
        long value = 0;
        for (int i = 0; i < digits.length() && value < MOST; i++) {
            value = value * 10 + digits.charAt(i) - '0';
        }
        return Math.min(value, MOST);
    }

    private static boolean isTrace(Head request) {
        return request.method().equals("TRACE");
    }

    /**
     * Writes the answer of the last hop, as HTTP/1.1.
     *
     * @return bytes of its body
     */
    static int answer(Head request, boolean keepAlive, HttpDate date, ByteBuf out) {
        ByteBuf body = Unpooled.buffer();
        if (isTrace(request)) {
            reflect(request, body);
            out.writeBytes(TRACE);
            ByteBufUtil.writeAscii(out, body.readableBytes() + "\r\n");
        } else {
            out.writeBytes(OPTIONS);
        }
        int bytes = body.readableBytes();
        date.write(out);
        if (!keepAlive) {
            out.writeBytes(CLOSE);
        }
        out.writeByte('\r').writeByte('\n').writeBytes(body);
        body.release();
        return bytes;
    }

    /** What came, but for secrets and what is of one hop. */
    private static void reflect(Head request, ByteBuf body) {
        request.writeMethod(body);
        ByteBufUtil.writeAscii(body, request.target() + " HTTP/1.1\r\n");
        Fields fields = request.fields();
        for (int i = 0; i < fields.size(); i++) {
            boolean shown = switch (fields.kind(i)) {
                case OTHER, DATE -> !SECRET.contains(fields.name(i).toLowerCase(Locale.ROOT));
                case HOST, MAX_FORWARDS -> true;
                default -> false;
            };
            if (shown) {
                fields.write(i, i + 1, body);
            }
        }
        body.writeByte('\r').writeByte('\n');
    }
}
