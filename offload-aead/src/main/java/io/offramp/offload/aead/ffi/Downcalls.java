package io.offramp.offload.aead.ffi;

/** What callers of a downcall need around it. */
public final class Downcalls {
    private Downcalls() {}

    /** Throws what a downcall threw: nothing checked. It returns nothing; callers write {@code throw rethrown(e)}. */
    public static RuntimeException rethrown(Throwable e) {
        switch (e) {
            case RuntimeException unchecked -> throw unchecked;
            case Error error -> throw error;
            default -> throw new AssertionError("a downcall throws nothing checked", e);
        }
    }
}
