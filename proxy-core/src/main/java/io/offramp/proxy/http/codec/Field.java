package io.offramp.proxy.http.codec;

import java.nio.charset.StandardCharsets;
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

    private final byte[] lower =
            name().toLowerCase(Locale.ROOT).replace('_', '-').getBytes(StandardCharsets.US_ASCII);

    /** The field whose name these bytes are, whatever their case. */
    static Field of(byte[] bytes, int from, int to) {
        return switch (to - from) {
            case 2 -> TE.or(bytes, from, OTHER);
            case 4 -> HOST.or(bytes, from, OTHER);
            case 6 -> EXPECT.or(bytes, from, OTHER);
            case 7 -> UPGRADE.or(bytes, from, OTHER);
            case 10 -> CONNECTION.or(bytes, from, KEEP_ALIVE.or(bytes, from, family(bytes, from, to)));
            case 14 -> CONTENT_LENGTH.or(bytes, from, family(bytes, from, to));
            case 15 -> X_FORWARDED_FOR.or(bytes, from, family(bytes, from, to));
            case 16 -> X_FORWARDED_HOST.or(bytes, from, family(bytes, from, to));
            case 17 -> TRANSFER_ENCODING.or(bytes, from, X_FORWARDED_PROTO.or(bytes, from, family(bytes, from, to)));
            default -> family(bytes, from, to);
        };
    }

    private Field or(byte[] bytes, int from, Field otherwise) {
        return Ascii.matches(bytes, from, lower) ? this : otherwise;
    }

    private static Field family(byte[] bytes, int from, int to) {
        return switch (to == from ? 0 : bytes[from] | Ascii.CASE) {
            case 'p' -> {
                int end = from + PROXY.lower.length;
                boolean family = to == end || to > end && bytes[end] == '-';
                yield family && Ascii.matches(bytes, from, PROXY.lower) ? PROXY : OTHER;
            }
            case 'c' -> clientCertFamily(bytes, from, to);
            case 'x' -> to - from > 2 && Ascii.isMark(bytes[from + 1]) ? clientCertFamily(bytes, from + 2, to) : OTHER;
            default -> OTHER;
        };
    }

    private static Field clientCertFamily(byte[] bytes, int from, int to) {
        byte[] expected = CLIENT_CERT.lower;
        int end = from + expected.length;
        if (to < end || to > end && !Ascii.isMark(bytes[end])) {
            return OTHER;
        }
        for (int i = 0; i < expected.length; i++) {
            byte b = bytes[from + i];
            if (expected[i] == '-' ? !Ascii.isMark(b) : (b | Ascii.CASE) != expected[i]) {
                return OTHER;
            }
        }
        return CLIENT_CERT;
    }
}
