package io.offramp.offload.record;

/** The protocol versions that are terminated here. */
public enum ProtocolVersion {
    /** RFC 5246. */
    TLS_1_2(0x0303, "1.2"),
    /** RFC 8446. */
    TLS_1_3(0x0304, "1.3");

    /** The version in the header of every protected record, in both versions of the protocol (RFC 8446 §5.2). */
    public static final int LEGACY_RECORD_VERSION = 0x0303;

    private final int code;
    private final String label;

    ProtocolVersion(int code, String label) {
        this.code = code;
        this.label = label;
    }

    /** The number on the wire, which is also the kernel's {@code TLS_1_x_VERSION}. */
    public int code() {
        return code;
    }

    /** {@code 1.2} or {@code 1.3}, as {@code ss} prints it. */
    public String label() {
        return label;
    }
}
