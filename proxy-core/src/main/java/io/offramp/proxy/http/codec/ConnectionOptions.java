package io.offramp.proxy.http.codec;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.util.ArrayList;
import java.util.List;

/**
 * What a message's {@code Connection} fields say (RFC 9110 §7.6.1).
 *
 * @param close     the connection ends behind this message
 * @param keepAlive it does not (HTTP/1.0)
 * @param upgrade   {@code Upgrade} is meant for us
 * @param valid     false: a list so long that only an attacker sends it
 * @param named     names of further fields that are meant for us
 */
public record ConnectionOptions(boolean close, boolean keepAlive, boolean upgrade, boolean valid, List<String> named) {
    private static final int MAX_OPTIONS = 32;

    private static final ConnectionOptions NONE = new ConnectionOptions(false, false, false, true, List.of());
    private static final ConnectionOptions CLOSE = new ConnectionOptions(true, false, false, true, List.of());
    private static final ConnectionOptions KEEP_ALIVE = new ConnectionOptions(false, true, false, true, List.of());
    private static final ConnectionOptions TOO_MANY = new ConnectionOptions(true, false, false, false, List.of());

    /** Reads the options of a head. */
    public static ConnectionOptions of(HttpHeaders headers) {
        if (!headers.contains(HttpHeaderNames.CONNECTION)) {
            return NONE;
        }
        List<String> values = headers.getAll(HttpHeaderNames.CONNECTION);
        if (values.size() == 1) {
            // Nearly all there are have one option.
            if (values.getFirst().equalsIgnoreCase("keep-alive")) {
                return KEEP_ALIVE;
            }
            if (values.getFirst().equalsIgnoreCase("close")) {
                return CLOSE;
            }
        }
        return list(String.join(",", values));
    }

    private static ConnectionOptions list(String text) {
        String[] options = text.split(",", MAX_OPTIONS + 1);
        if (options.length > MAX_OPTIONS) {
            return TOO_MANY;
        }
        boolean close = false;
        boolean keepAlive = false;
        boolean upgrade = false;
        List<String> named = new ArrayList<>(options.length);
        for (String option : options) {
            String name = option.strip();
            if (name.equalsIgnoreCase("close")) {
                close = true;
            } else if (name.equalsIgnoreCase("keep-alive")) {
                keepAlive = true;
            } else if (name.equalsIgnoreCase("upgrade")) {
                upgrade = true;
            } else if (!name.isEmpty()) {
                named.add(name);
            }
        }
        return new ConnectionOptions(close, keepAlive, upgrade, true, List.copyOf(named));
    }

    /** Whether a field of that name is meant for us only. */
    public boolean names(CharSequence field) {
        for (String name : named) {
            if (name.length() == field.length() && AsciiString.contentEqualsIgnoreCase(name, field)) {
                return true;
            }
        }
        return false;
    }
}
