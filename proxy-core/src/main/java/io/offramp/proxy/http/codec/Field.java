package io.offramp.proxy.http.codec;

import io.netty.util.AsciiString;
import java.util.Locale;

/** Header fields that a proxy has to know; all others are {@link #OTHER}. */
public enum Field {
    /** Any field that passes untouched. */
    OTHER,
    CONNECTION,
    CONTENT_LENGTH,
    EXPECT,
    HOST,
    KEEP_ALIVE,
    /**
     * {@code Proxy-Connection}, {@code Proxy-Authorization} and all others of that family; and {@code Proxy} itself.
     */
    PROXY,
    TE,
    TRANSFER_ENCODING,
    UPGRADE,
    X_FORWARDED_FOR,
    X_FORWARDED_HOST,
    X_FORWARDED_PROTO;

    private final AsciiString lower = AsciiString.cached(name().toLowerCase(Locale.ROOT).replace('_', '-'));

    /** Its name, in lower case. */
    public AsciiString lower() {
        return lower;
    }

    /** The field of that name, whatever its case. */
    public static Field of(CharSequence name) {
        return switch (name.length()) {
            case 2 -> TE.or(name, OTHER);
            case 4 -> HOST.or(name, OTHER);
            case 6 -> EXPECT.or(name, OTHER);
            case 7 -> UPGRADE.or(name, OTHER);
            case 10 -> CONNECTION.or(name, KEEP_ALIVE.or(name, proxyFamily(name)));
            case 14 -> CONTENT_LENGTH.or(name, proxyFamily(name));
            case 15 -> X_FORWARDED_FOR.or(name, proxyFamily(name));
            case 16 -> X_FORWARDED_HOST.or(name, proxyFamily(name));
            case 17 -> TRANSFER_ENCODING.or(name, X_FORWARDED_PROTO.or(name, proxyFamily(name)));
            default -> proxyFamily(name);
        };
    }

    private Field or(CharSequence name, Field otherwise) {
        return lower.contentEqualsIgnoreCase(name) ? this : otherwise;
    }

    private static Field proxyFamily(CharSequence name) {
        int end = PROXY.lower.length();
        boolean family = name.length() == end || name.length() > end && name.charAt(end) == '-';
        return family && AsciiString.regionMatches(name, true, 0, PROXY.lower, 0, end) ? PROXY : OTHER;
    }
}
