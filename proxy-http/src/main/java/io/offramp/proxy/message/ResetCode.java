package io.offramp.proxy.message;

/** Reasons to end a stream early: the error codes of RFC 9113 §7 that an exchange uses. */
public enum ResetCode {
    /** No error; the rest is not needed. */
    NO_ERROR(0x0),
    /** Our side failed, or the one behind us. */
    INTERNAL_ERROR(0x2),
    /** It is no longer needed. */
    CANCEL(0x8),
    /** The peer takes or sends too little to be waited for. */
    ENHANCE_YOUR_CALM(0xb);

    private final int code;

    ResetCode(int code) {
        this.code = code;
    }

    /** Its number in a RST_STREAM frame. */
    public int code() {
        return code;
    }
}
