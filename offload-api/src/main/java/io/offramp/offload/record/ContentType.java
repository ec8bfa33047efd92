package io.offramp.offload.record;

import org.jspecify.annotations.Nullable;

/** Content type of a record (RFC 8446 §5.1). In TLS 1.3 this is the inner type, which is encrypted. */
public enum ContentType {
    /** Allowed in plaintext during a handshake only. */
    CHANGE_CIPHER_SPEC(20),
    /** Two bytes: level and description (RFC 8446 §6). */
    ALERT(21),
    /** Handshake messages, which may span records. */
    HANDSHAKE(22),
    /** Content of the application. */
    APPLICATION_DATA(23);

    private final byte code;

    ContentType(int code) {
        this.code = (byte) code;
    }

    /** The number on the wire. */
    public int code() {
        return code;
    }

    /** The type with this number on the wire, or null where the standard knows none. */
    public static @Nullable ContentType of(int code) {
        return switch (code) {
            case 20 -> CHANGE_CIPHER_SPEC;
            case 21 -> ALERT;
            case 22 -> HANDSHAKE;
            case 23 -> APPLICATION_DATA;
            default -> null;
        };
    }
}
