package io.offramp.proxy.message;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Header fields that a proxy has to know; all others are {@link #OTHER}. */
public enum Field {
    /** Any field that passes untouched. */
    OTHER,
    /**
     * Fields for an upstream about a client certificate: {@code Client-Cert} and {@code Client-Cert-Chain} (RFC 9440),
     * {@code X-Client-Cert} and all others of these families. Never passes to an upstream.
     */
    CLIENT_CERT,
    CONNECTION,
    CONTENT_LENGTH,
    DATE,
    EXPECT,
    /** RFC 7239. Passes to an upstream from a trusted proxy only. */
    FORWARDED,
    /**
     * Fields of a proxy in front of us about its client or its request: {@code X-Forwarded-Port} and all others of that
     * family, {@code X-Real-IP}, {@code True-Client-IP}, {@code X-Original-URL} and their like, by
     * {@link FieldFamilies}. Passes to an upstream from a trusted proxy only.
     */
    FORWARDING,
    /**
     * {@code Content_Length}, {@code Transfer.Encoding}: not a field of framing, but some upstreams take it for one.
     */
    FRAMING_TWIN,
    HOST,
    /** Of an upgrade to HTTP/2 in cleartext, which is no more (RFC 9113 §3.1). */
    HTTP2_SETTINGS,
    KEEP_ALIVE,
    MAX_FORWARDS,
    /**
     * {@code Proxy-Connection}, {@code Proxy-Authorization} and all others of that family; and {@code Proxy} itself.
     */
    PROXY,
    /** Set by a rule of this proxy, whatever its name: passes always, also if a Connection field names it. */
    RULE,
    TE,
    /** W3C Trace Context. */
    TRACEPARENT,
    TRACESTATE,
    TRANSFER_ENCODING,
    /**
     * {@code X_Forwarded_For}, {@code X_Request_Id}: not {@link #FORWARDING} or {@link #X_REQUEST_ID}, but some
     * upstreams take it for that, and no proxy in front of us removes it.
     */
    TWIN,
    UPGRADE,
    X_FORWARDED_FOR,
    X_FORWARDED_HOST,
    X_FORWARDED_PROTO,
    X_REQUEST_ID;

    private final byte[] lower =
            name().toLowerCase(Locale.ROOT).replace('_', '-').getBytes(StandardCharsets.US_ASCII);

    /** The field with these bytes as its name, ignoring case. */
    static Field of(byte[] bytes, int from, int to) {
        Field exact = switch (to - from) {
            case 2 -> TE.or(bytes, from, OTHER);
            case 4 -> HOST.or(bytes, from, DATE.or(bytes, from, OTHER));
            case 6 -> EXPECT.or(bytes, from, OTHER);
            case 7 -> UPGRADE.or(bytes, from, OTHER);
            case 9 -> FORWARDED.or(bytes, from, OTHER);
            case 10 -> CONNECTION.or(bytes, from, KEEP_ALIVE.or(bytes, from, TRACESTATE.or(bytes, from, OTHER)));
            case 11 -> TRACEPARENT.or(bytes, from, OTHER);
            case 12 -> MAX_FORWARDS.or(bytes, from, X_REQUEST_ID.or(bytes, from, OTHER));
            case 14 -> CONTENT_LENGTH.or(bytes, from, HTTP2_SETTINGS.or(bytes, from, OTHER));
            case 15 -> X_FORWARDED_FOR.or(bytes, from, OTHER);
            case 16 -> X_FORWARDED_HOST.or(bytes, from, OTHER);
            case 17 -> TRANSFER_ENCODING.or(bytes, from, X_FORWARDED_PROTO.or(bytes, from, OTHER));
            default -> OTHER;
        };
        return exact == OTHER ? FieldFamilies.of(bytes, from, to) : exact;
    }

    /** The field of this name, ignoring case. */
    public static Field of(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.ISO_8859_1);
        return of(bytes, 0, bytes.length);
    }

    private Field or(byte[] bytes, int from, Field otherwise) {
        return Ascii.matches(bytes, from, lower) ? this : otherwise;
    }
}
