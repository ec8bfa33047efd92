package io.offramp.proxy.http.codec;

import io.netty.util.AsciiString;
import java.util.Locale;

/** Header fields that a proxy has to know; all others are {@link #OTHER}. */
public enum Field {
    /** Any field that passes untouched. */
    OTHER,
    /**
     * What tells an upstream of a client certificate: {@code Client-Cert} and {@code Client-Cert-Chain} (RFC 9440), {@code
     * X-Client-Cert} and all others of these families; any other mark counts as {@code -}, since upstreams that put fields into variables see no
     * difference.
     */
    CLIENT_CERT,
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

    /** The bit that makes a letter small. */
    private static final int CASE = 0x20;

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
            case 10 -> CONNECTION.or(name, KEEP_ALIVE.or(name, family(name)));
            case 14 -> CONTENT_LENGTH.or(name, family(name));
            case 15 -> X_FORWARDED_FOR.or(name, family(name));
            case 16 -> X_FORWARDED_HOST.or(name, family(name));
            case 17 -> TRANSFER_ENCODING.or(name, X_FORWARDED_PROTO.or(name, family(name)));
            default -> family(name);
        };
    }

    private Field or(CharSequence name, Field otherwise) {
        return lower.contentEqualsIgnoreCase(name) ? this : otherwise;
    }

    private static Field family(CharSequence name) {
        int end = PROXY.lower.length();
        boolean family = name.length() == end || name.length() > end && name.charAt(end) == '-';
        return family && AsciiString.regionMatches(name, true, 0, PROXY.lower, 0, end) ? PROXY : clientCertFamily(name);
    }

    private static Field clientCertFamily(CharSequence name) {
        int start = name.length() > 2 && (name.charAt(0) | CASE) == 'x' && isMark(name.charAt(1)) ? 2 : 0;
        int end = start + CLIENT_CERT.lower.length();
        if (name.length() < end || name.length() > end && !isMark(name.charAt(end))) {
            return OTHER;
        }
        for (int i = start; i < end; i++) {
            char expected = CLIENT_CERT.lower.charAt(i - start);
            char c = name.charAt(i);
            if (expected == '-' ? !isMark(c) : (c | CASE) != expected) {
                return OTHER;
            }
        }
        return CLIENT_CERT;
    }

    /** Neither letter nor digit. */
    private static boolean isMark(char c) {
        return (c < '0' || c > '9') && ((c | CASE) < 'a' || (c | CASE) > 'z');
    }
}
