package io.offramp.proxy.message;

/** Reasons to end a stream early, named as error codes of RFC 9113 §7. */
public enum ResetCode {
    /** Our side failed, or the one behind us. */
    INTERNAL_ERROR,
    /** It is no longer needed. */
    CANCEL,
    /** The peer takes or sends too little to be waited for. */
    ENHANCE_YOUR_CALM
}
