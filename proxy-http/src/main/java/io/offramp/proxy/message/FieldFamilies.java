package io.offramp.proxy.message;

import java.nio.charset.StandardCharsets;

/**
 * Fields known by more than one spelling. Upstreams that put fields into variables (RFC 3875 §4.1.18) see no difference
 * between the marks of a name, so {@code X_Forwarded_For} and {@code Content.Length} are here as well: any mark counts
 * as {@code -}.
 */
final class FieldFamilies {
    private static final Family[][] BY_LETTER = new Family[26][];
    private static final Family[] BEHIND_X = {
        all("client-cert", Field.CLIENT_CERT),
        all("forwarded", Field.FORWARDING),
        all("original", Field.FORWARDING),
        all("ssl-client", Field.FORWARDING),
        one("client-ip", Field.FORWARDING),
        one("cluster-client-ip", Field.FORWARDING),
        one("envoy-external-address", Field.FORWARDING),
        one("originating-ip", Field.FORWARDING),
        one("proxyuser-ip", Field.FORWARDING),
        one("real-ip", Field.FORWARDING),
        one("remote-addr", Field.FORWARDING),
        one("remote-ip", Field.FORWARDING),
        one("request-id", Field.TWIN),
        one("rewrite-url", Field.FORWARDING),
    };

    static {
        letter(
                'c',
                all("client-cert", Field.CLIENT_CERT),
                one("cf-connecting-ip", Field.FORWARDING),
                one("cf-connecting-ipv6", Field.FORWARDING),
                one("content-length", Field.FRAMING_TWIN));
        letter('f', all("forwarded", Field.FORWARDING), one("fastly-client-ip", Field.FORWARDING));
        letter('k', one("keep-alive", Field.KEEP_ALIVE));
        letter('p', all("proxy", Field.PROXY));
        letter('s', all("ssl-client", Field.FORWARDING));
        letter('t', one("transfer-encoding", Field.FRAMING_TWIN), one("true-client-ip", Field.FORWARDING));
        letter('w', one("wl-proxy-client-ip", Field.FORWARDING));
    }

    /** @param all whether longer names, with a mark in between, belong to it */
    private record Family(byte[] name, boolean all, Field kind) {
        boolean has(byte[] bytes, int from, int to) {
            int end = from + name.length;
            if (to < end || to > end && (!all || !Ascii.isMark(bytes[end]))) {
                return false;
            }
            for (int i = 0; i < name.length; i++) {
                byte b = bytes[from + i];
                if (name[i] == '-' ? !Ascii.isMark(b) : (b | Ascii.CASE) != name[i]) {
                    return false;
                }
            }
            return true;
        }
    }

    private FieldFamilies() {}

    private static Family one(String name, Field kind) {
        return new Family(name.getBytes(StandardCharsets.US_ASCII), false, kind);
    }

    private static Family all(String name, Field kind) {
        return new Family(name.getBytes(StandardCharsets.US_ASCII), true, kind);
    }

    private static void letter(char letter, Family... families) {
        BY_LETTER[letter - 'a'] = families;
    }

    /** The kind of a name that is not exactly that of a field; {@link Field#OTHER} for most. */
    static Field of(byte[] bytes, int from, int to) {
        int letter = (from < to ? bytes[from] | Ascii.CASE : 0) - 'a';
        if (letter < 0 || letter >= BY_LETTER.length) {
            return Field.OTHER;
        }
        if (letter == 'x' - 'a') {
            boolean more = to - from > 2 && Ascii.isMark(bytes[from + 1]);
            return more ? of(BEHIND_X, bytes, from, from + 2, to) : Field.OTHER;
        }
        Family[] families = BY_LETTER[letter];
        return families == null ? Field.OTHER : of(families, bytes, from, from, to);
    }

    private static Field of(Family[] families, byte[] bytes, int start, int from, int to) {
        for (Family family : families) {
            if (family.has(bytes, from, to)) {
                return family.kind == Field.FORWARDING && !hasHyphensOnly(bytes, start, to) ? Field.TWIN : family.kind;
            }
        }
        return Field.OTHER;
    }

    private static boolean hasHyphensOnly(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] != '-' && Ascii.isMark(bytes[i])) {
                return false;
            }
        }
        return true;
    }
}
