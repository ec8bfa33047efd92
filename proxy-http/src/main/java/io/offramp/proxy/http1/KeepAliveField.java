package io.offramp.proxy.http1;

import io.offramp.proxy.message.Ascii;
import io.offramp.proxy.message.Field;
import io.offramp.proxy.message.Fields;
import java.util.concurrent.TimeUnit;

/**
 * A server's {@code Keep-Alive: timeout=5, max=100}: the time for which it keeps an idle connection, and the number of
 * requests that it still takes there (RFC 2068 §19.7.1).
 */
final class KeepAliveField {
    /** A request on its way when the server closes is lost, so ours ends sooner. */
    private static final long MARGIN_NS = TimeUnit.SECONDS.toNanos(1);

    private static final long MAX_S = TimeUnit.DAYS.toSeconds(1);

    private KeepAliveField() {}

    /** For how long the connection can be kept; 0 for not at all, {@code Long.MAX_VALUE} if the server does not say. */
    static long limitNs(Fields fields) {
        String value = fields.first(Field.KEEP_ALIVE);
        if (value == null) {
            return Long.MAX_VALUE;
        }
        if (number(value, "max") == 0) {
            return 0;
        }
        long seconds = number(value, "timeout");
        if (seconds < 0) {
            return Long.MAX_VALUE;
        }
        long ns = TimeUnit.SECONDS.toNanos(Math.min(MAX_S, seconds));
        // Half of a short time, or a connection of a server with one second would never be used twice.
        return ns - Math.min(MARGIN_NS, ns / 2);
    }

    /** The number of that parameter; -1 if there is none. */
    private static long number(String value, String name) {
        for (String parameter : value.split(",", 8)) {
            String[] pair = parameter.strip().split("=", 2);
            if (pair.length == 2 && pair[0].strip().equalsIgnoreCase(name)) {
                String digits = pair[1].strip();
                boolean isNumber = !digits.isEmpty()
                        && digits.length() <= 9
                        && digits.chars().allMatch(Ascii::isDigit);
                return isNumber ? Long.parseLong(digits) : -1;
            }
        }
        return -1;
    }
}
