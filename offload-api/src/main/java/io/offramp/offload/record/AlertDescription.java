package io.offramp.offload.record;

import java.util.Locale;

/** The alerts that a terminated session sends or has to tell apart (RFC 8446 §6). */
public enum AlertDescription {
    /** Orderly end of one direction. */
    CLOSE_NOTIFY(0),
    /** A message that does not belong here. */
    UNEXPECTED_MESSAGE(10),
    /** A record that does not authenticate. */
    BAD_RECORD_MAC(20),
    /** A record over the size limit. */
    RECORD_OVERFLOW(22),
    /** No common parameters. */
    HANDSHAKE_FAILURE(40),
    /** A certificate that breaks a rule. */
    BAD_CERTIFICATE(42),
    /** A certificate for another purpose. */
    UNSUPPORTED_CERTIFICATE(43),
    /** A certificate that has been revoked. */
    CERTIFICATE_REVOKED(44),
    /** A certificate that is not valid now. */
    CERTIFICATE_EXPIRED(45),
    /** A certificate that is not accepted for another reason. */
    CERTIFICATE_UNKNOWN(46),
    /** A field out of range. */
    ILLEGAL_PARAMETER(47),
    /** A certificate of an issuer that is not trusted. */
    UNKNOWN_CA(48),
    /** A good certificate of somebody who may not come in. */
    ACCESS_DENIED(49),
    /** A message that does not parse. */
    DECODE_ERROR(50),
    /** A signature, Finished or binder that does not verify. */
    DECRYPT_ERROR(51),
    /** A version we do not speak. */
    PROTOCOL_VERSION(70),
    /** Our own fault. */
    INTERNAL_ERROR(80),
    /** The user went away. */
    USER_CANCELED(90),
    /** TLS 1.2 only, always a warning (RFC 5246 §7.2.2). */
    NO_RENEGOTIATION(100),
    /** No certificate for that name (RFC 6066 §3). */
    UNRECOGNIZED_NAME(112),
    /** No certificate of ours where one is required (RFC 8446 §4.4.2.4). */
    CERTIFICATE_REQUIRED(116),
    /** No common application protocol (RFC 7301 §3.2). */
    NO_APPLICATION_PROTOCOL(120);

    private final int code;

    AlertDescription(int code) {
        this.code = code;
    }

    /** The number on the wire. */
    public int code() {
        return code;
    }

    /** The standard's spelling, {@code bad_record_mac}; {@code alert_N} for a number not listed here. */
    public static String nameOf(int code) {
        for (AlertDescription d : values()) {
            if (d.code == code) {
                return d.toString();
            }
        }
        return "alert_" + code;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
