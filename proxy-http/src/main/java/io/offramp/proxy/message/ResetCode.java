package io.offramp.proxy.message;

/** Why a stream ends before its time: error codes of RFC 9113 §7, as far as an exchange has a use for them. */
public enum ResetCode {
    /** Nothing is wrong; the rest is not needed. */
    NO_ERROR(0x0),
    /** Our side failed, or the one behind us. */
    INTERNAL_ERROR(0x2),
    /** Nobody waits for it any more. */
    CANCEL(0x8),
    /** The peer takes or sends too little to be waited for. */
    ENHANCE_YOUR_CALM(0xb);

    private final int code;

    ResetCode(int code) {
        this.code = code;
    }

    /** As a RST_STREAM frame has it. */
    public int code() {
        return code;
    }
}
