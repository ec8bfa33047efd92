package io.offramp.proxy.message;

import java.util.regex.Pattern;

/**
 * {@code X-Request-Id} and {@code traceparent} (W3C Trace Context): those of a trusted proxy are kept, if there is one
 * of each and it is valid. Else each request gets its own, the same at all attempts. Pure functions.
 */
public final class RequestIds {
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9._~+/=:-]{1,128}");
    private static final Pattern VERSION_0 = Pattern.compile("00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}");
    private static final Pattern LATER =
            Pattern.compile("(?!ff|00)[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}(-.*)?");
    private static final Pattern ZERO = Pattern.compile("..-0{32}-.*|..-.{32}-0{16}-.*");
    private static final int TRACE_ID = 32;
    private static final int SPAN_ID = 16;

    private RequestIds() {}

    /** The value of {@code X-Request-Id}. */
    public static String id(Fields fields, ClientFields client) {
        int index = client.trusted() ? fields.only(Field.X_REQUEST_ID) : -1;
        String known = index < 0 ? "" : fields.value(index);
        return ID.matcher(known).matches() ? known : fields.id();
    }

    /** True if the trace of the request is that of a trusted proxy, and not for this hop only: it passes as it is. */
    public static boolean isTraced(RequestHead request, ClientFields client) {
        Fields fields = request.fields();
        int index = client.trusted() ? fields.only(Field.TRACEPARENT) : -1;
        return index >= 0 && isTrace(fields.value(index)) && !request.options().names(fields, index);
    }

    private static boolean isTrace(String value) {
        return (VERSION_0.matcher(value).matches() || LATER.matcher(value).matches())
                && !ZERO.matcher(value).matches();
    }

    /** A trace that begins here; nobody has decided to record it yet. */
    public static String trace(Fields fields) {
        String id = fields.id();
        return "00-" + id + "-" + spanId(id) + "-00";
    }

    /** Not zero, as the identifier of the trace: chance has 128 bits. */
    private static String spanId(String id) {
        String half = id.substring(TRACE_ID - SPAN_ID);
        return half.equals("0".repeat(SPAN_ID)) ? "0".repeat(SPAN_ID - 1) + "1" : half;
    }
}
