package io.offramp.offload.aead.ffi;

/** Helpers for callers of a downcall. */
public final class Downcalls {
    private Downcalls() {}

    /** Rethrows an unchecked exception of a downcall. It never returns; callers write {@code throw rethrown(e)}. */
    public static RuntimeException rethrown(Throwable e) {
        switch (e) {
            case RuntimeException unchecked -> throw unchecked;
            case Error error -> throw error;
            default -> throw new AssertionError("a downcall throws nothing checked", e);
        }
    }
}
