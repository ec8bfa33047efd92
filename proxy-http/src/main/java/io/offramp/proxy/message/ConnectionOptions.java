package io.offramp.proxy.message;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What a message's {@code Connection} fields say (RFC 9110 §7.6.1).
 *
 * @param options the ones that this proxy acts on; do not change
 * @param named names of further fields for this hop, as bytes in lower case
 */
public record ConnectionOptions(Set<Option> options, List<byte[]> named) {
    private static final int MAX_OPTIONS = 32;

    /** Of a message without the field, and of HTTP/2, which has none. */
    public static final ConnectionOptions NONE = of(EnumSet.noneOf(Option.class));

    /** Of a message that changes the protocol, in a version that has no such field. */
    public static final ConnectionOptions UPGRADING = of(EnumSet.of(Option.UPGRADE));

    private static final ConnectionOptions CLOSE = of(EnumSet.of(Option.CLOSE));
    private static final ConnectionOptions KEEP_ALIVE = of(EnumSet.of(Option.KEEP_ALIVE));
    private static final ConnectionOptions TOO_MANY = of(EnumSet.of(Option.CLOSE, Option.TOO_MANY));

    /** An option that this proxy acts on. */
    public enum Option {
        CLOSE,
        KEEP_ALIVE,
        UPGRADE,
        /** A list so long that only an attacker sends it. */
        TOO_MANY
    }

    private static final byte[] CLOSE_ALONE = "close".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] KEEP_ALIVE_ALONE = "keep-alive".getBytes(StandardCharsets.US_ASCII);

    /** Reads the options of a head. */
    public static ConnectionOptions of(Fields fields) {
        if (!fields.has(Field.CONNECTION)) {
            return NONE;
        }
        int only = fields.only(Field.CONNECTION);
        // Nearly all have one option.
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
        Set<Option> known = EnumSet.noneOf(Option.class);
        List<byte[]> named = new ArrayList<>(options.length);
        for (String option : options) {
            String name = option.strip();
            if (name.equalsIgnoreCase("close")) {
                known.add(Option.CLOSE);
            } else if (name.equalsIgnoreCase("keep-alive")) {
                known.add(Option.KEEP_ALIVE);
            } else if (name.equalsIgnoreCase("upgrade")) {
                known.add(Option.UPGRADE);
            } else if (!name.isEmpty()) {
                named.add(name.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.ISO_8859_1));
            }
        }
        return new ConnectionOptions(known, List.copyOf(named));
    }

    private static ConnectionOptions of(Set<Option> options) {
        return new ConnectionOptions(options, List.of());
    }

    /** The connection ends behind this message. */
    public boolean close() {
        return options.contains(Option.CLOSE);
    }

    /** It does not (HTTP/1.0). */
    public boolean keepAlive() {
        return options.contains(Option.KEEP_ALIVE);
    }

    /** {@code Upgrade} is for this hop. */
    public boolean upgrade() {
        return options.contains(Option.UPGRADE);
    }

    /** False for too long a list. */
    public boolean valid() {
        return !options.contains(Option.TOO_MANY);
    }

    /** True if that field is for this hop only. */
    public boolean names(Fields fields, int index) {
        for (byte[] name : named) {
            if (fields.isName(index, name)) {
                return true;
            }
        }
        return false;
    }
}
