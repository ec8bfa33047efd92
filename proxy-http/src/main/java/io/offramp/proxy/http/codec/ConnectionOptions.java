package io.offramp.proxy.http.codec;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a message's {@code Connection} fields say (RFC 9110 §7.6.1).
 *
 * @param close the connection ends behind this message
 * @param keepAlive it does not (HTTP/1.0)
 * @param upgrade {@code Upgrade} is meant for us
 * @param valid false: a list so long that only an attacker sends it
 * @param named names of further fields that are meant for us, as bytes in lower case
 */
public record ConnectionOptions(boolean close, boolean keepAlive, boolean upgrade, boolean valid, List<byte[]> named) {
    private static final int MAX_OPTIONS = 32;

    private static final ConnectionOptions NONE = new ConnectionOptions(false, false, false, true, List.of());
    private static final ConnectionOptions CLOSE = new ConnectionOptions(true, false, false, true, List.of());
    private static final ConnectionOptions KEEP_ALIVE = new ConnectionOptions(false, true, false, true, List.of());
    private static final ConnectionOptions TOO_MANY = new ConnectionOptions(true, false, false, false, List.of());

    private static final byte[] CLOSE_ALONE = "close".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] KEEP_ALIVE_ALONE = "keep-alive".getBytes(StandardCharsets.US_ASCII);

    /** Reads the options of a head. */
    public static ConnectionOptions of(Fields fields) {
        if (!fields.has(Field.CONNECTION)) {
            return NONE;
        }
        int only = fields.only(Field.CONNECTION);
        // Nearly all there are have one option.
        if (only >= 0 && fields.isValue(only, KEEP_ALIVE_ALONE)) {
            return KEEP_ALIVE;
        }
        if (only >= 0 && fields.isValue(only, CLOSE_ALONE)) {
            return CLOSE;
        }
        return list(String.join(",", fields.all(Field.CONNECTION)));
    }

    private static ConnectionOptions list(String text) {
        String[] options = text.split(",", MAX_OPTIONS + 1);
        if (options.length > MAX_OPTIONS) {
            return TOO_MANY;
        }
        boolean close = false;
        boolean keepAlive = false;
        boolean upgrade = false;
        List<byte[]> named = new ArrayList<>(options.length);
        for (String option : options) {
            String name = option.strip();
            if (name.equalsIgnoreCase("close")) {
                close = true;
            } else if (name.equalsIgnoreCase("keep-alive")) {
                keepAlive = true;
            } else if (name.equalsIgnoreCase("upgrade")) {
                upgrade = true;
            } else if (!name.isEmpty()) {
                named.add(name.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.ISO_8859_1));
            }
        }
        return new ConnectionOptions(close, keepAlive, upgrade, true, List.copyOf(named));
    }

    /** Whether that field is meant for us only. */
    public boolean names(Fields fields, int index) {
        for (byte[] name : named) {
            if (fields.isName(index, name)) {
                return true;
            }
        }
        return false;
    }
}
