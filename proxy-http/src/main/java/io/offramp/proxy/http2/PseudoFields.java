package io.offramp.proxy.http2;

import io.netty.handler.codec.http2.Http2Headers.PseudoHeaderName;
import io.netty.util.AsciiString;
import io.offramp.proxy.message.Ascii;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The pseudo fields of one field list (RFC 9113 §8.3, RFC 8441 §4). */
final class PseudoFields {
    private static final AsciiString CONNECT = AsciiString.cached("CONNECT");
    private static final AsciiString GET = AsciiString.cached("GET");
    private static final AsciiString OPTIONS = AsciiString.cached("OPTIONS");
    private static final AsciiString HTTP = AsciiString.cached("http");
    private static final AsciiString HTTPS = AsciiString.cached("https");
    private static final AsciiString ASTERISK = AsciiString.cached("*");

    /** By ordinal of their names. */
    private final @Nullable AsciiString[] values = new AsciiString[PseudoHeaderName.values().length];

    private int count;

    /** The message that a set of pseudo fields belongs to. */
    enum Kind {
        REQUEST,
        ANSWER,
        /** None at all. */
        TRAILERS
    }

    void clear() {
        if (count > 0) {
            Arrays.fill(values, null);
            count = 0;
        }
    }

    Defect add(AsciiString name, AsciiString value) {
        PseudoHeaderName known = PseudoHeaderName.getPseudoHeader(name);
        if (known == null) {
            return Defect.PSEUDO_UNKNOWN;
        }
        if (values[known.ordinal()] != null) {
            return Defect.PSEUDO_TWICE;
        }
        values[known.ordinal()] = value;
        count++;
        return value.isEmpty() ? Defect.PSEUDO_EMPTY : Defect.NONE;
    }

    @Nullable
    AsciiString get(PseudoHeaderName name) {
        return values[name.ordinal()];
    }

    private boolean has(PseudoHeaderName name) {
        return values[name.ordinal()] != null;
    }

    /** Of the message. */
    Kind kind() {
        return count == 0 ? Kind.TRAILERS : has(PseudoHeaderName.STATUS) ? Kind.ANSWER : Kind.REQUEST;
    }

    /** The method of a request; GET for a CONNECT with a protocol, which is that in HTTP/1. */
    @Nullable
    AsciiString method() {
        return has(PseudoHeaderName.PROTOCOL) ? GET : get(PseudoHeaderName.METHOD);
    }

    /** The target of a request: its path, or the authority of a CONNECT without a protocol. */
    @Nullable
    AsciiString target() {
        return has(PseudoHeaderName.PATH) ? get(PseudoHeaderName.PATH) : get(PseudoHeaderName.AUTHORITY);
    }

    /** The first fault of the set as a whole. */
    Defect judge() {
        return switch (kind()) {
            case REQUEST -> judgeRequest();
            case ANSWER -> count > 1 ? Defect.PSEUDO_MISPLACED : judgeStatus(get(PseudoHeaderName.STATUS));
            case TRAILERS -> Defect.NONE;
        };
    }

    private Defect judgeRequest() {
        AsciiString method = get(PseudoHeaderName.METHOD);
        AsciiString protocol = get(PseudoHeaderName.PROTOCOL);
        if (method == null) {
            return Defect.PSEUDO_MISSING;
        }
        if (!consistsOf(method, Ascii.TOKEN)) {
            return Defect.METHOD;
        }
        boolean connect = method.equals(CONNECT);
        AsciiString authority = get(PseudoHeaderName.AUTHORITY);
        if (connect && authority == null) {
            return Defect.PSEUDO_MISSING;
        }
        if (authority != null && !consistsOf(authority, Ascii.TARGET)) {
            return Defect.AUTHORITY;
        }
        if (connect && protocol == null) {
            return has(PseudoHeaderName.SCHEME) || has(PseudoHeaderName.PATH) ? Defect.CONNECT : Defect.NONE;
        }
        if (protocol != null && (!connect || !consistsOf(protocol, Ascii.TOKEN))) {
            return Defect.PROTOCOL;
        }
        return judgeTarget(method, get(PseudoHeaderName.SCHEME), get(PseudoHeaderName.PATH));
    }

    private static Defect judgeTarget(AsciiString method, @Nullable AsciiString scheme, @Nullable AsciiString path) {
        if (scheme == null || path == null) {
            return Defect.PSEUDO_MISSING;
        }
        if (!scheme.contentEqualsIgnoreCase(HTTPS) && !scheme.contentEqualsIgnoreCase(HTTP)) {
            return Defect.SCHEME;
        }
        boolean form = path.byteAt(0) == '/' || path.equals(ASTERISK) && method.equals(OPTIONS);
        return form && consistsOf(path, Ascii.TARGET) ? Defect.NONE : Defect.PATH;
    }

    private static Defect judgeStatus(@Nullable AsciiString status) {
        boolean valid = status != null
                && status.length() == 3
                && status.byteAt(0) != '0'
                && Ascii.isDigit(status.byteAt(0))
                && Ascii.isDigit(status.byteAt(1))
                && Ascii.isDigit(status.byteAt(2));
        return valid ? Defect.NONE : Defect.STATUS;
    }

    private static boolean consistsOf(AsciiString text, boolean[] table) {
        byte[] in = text.array();
        int end = text.arrayOffset() + text.length();
        for (int i = text.arrayOffset(); i < end; i++) {
            if (!table[in[i] & 0xFF]) {
                return false;
            }
        }
        return true;
    }
}
