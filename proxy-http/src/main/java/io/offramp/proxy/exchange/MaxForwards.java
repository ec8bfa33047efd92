package io.offramp.proxy.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.offramp.proxy.message.Ascii;
import io.offramp.proxy.message.Field;
import io.offramp.proxy.message.Fields;
import io.offramp.proxy.message.Head;
import io.offramp.proxy.message.OwnAnswer;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * {@code Max-Forwards} of OPTIONS and TRACE (RFC 9110 §7.6.2): the number of hops that may follow, this one included.
 * At 0 this proxy answers like a server. Pure functions.
 */
public final class MaxForwards {
    /** Absent, or meaningless with this method. */
    public static final long NONE = -1;

    /** No number, or several. */
    static final long INVALID = -2;

    /** Larger numbers become this one, as §7.6.2 allows. */
    private static final int MOST = 1_000_000;

    /** A client must not send these with TRACE, and a script that can must not read them (RFC 9110 §9.3.8). */
    private static final Set<String> SECRET = Set.of("authorization", "cookie", "cookie2");

    private MaxForwards() {}

    /** The number, or one of the negative constants. */
    public static long of(Head request) {
        if (!request.fields().has(Field.MAX_FORWARDS)
                || !isTrace(request) && !request.method().equals("OPTIONS")) {
            return NONE;
        }
        List<String> values = request.fields().all(Field.MAX_FORWARDS);
        String digits = values.getFirst();
        if (values.size() > 1 || !digits.chars().allMatch(Ascii::isDigit) || digits.isEmpty()) {
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

    /** The answer of the last hop; behind it the connection of an HTTP/1.0 client ends. */
    static OwnAnswer answer(Head request) {
        boolean last = !request.modern();
        return isTrace(request)
                ? new OwnAnswer(200, "OK", "Content-Type", "message/http", reflect(request), last)
                : new OwnAnswer(200, "OK", "Allow", "OPTIONS, TRACE", new byte[0], last);
    }

    /** What came, without secrets and what is meant for one hop. */
    private static byte[] reflect(Head request) {
        ByteBuf body = Unpooled.buffer(request.length());
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
        return ByteBufUtil.getBytes(body);
    }
}
