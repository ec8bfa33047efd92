package io.offramp.proxy.http2;

/**
 * Compares the bytes of a stream's DATA frames with what its head declared (RFC 9113 §8.1.1). Confined to one thread.
 */
public final class BodyLength {
    private static final long ANY = -1;

    private long left;

    private BodyLength(long left) {
        this.left = left;
    }

    /** @param declared by Content-Length; negative if it was absent */
    static BodyLength of(long declared) {
        return new BodyLength(Math.max(ANY, declared));
    }

    /** Takes bytes of content, without padding; false if they are more than was declared: the message is malformed. */
    public boolean take(int bytes) {
        if (left == ANY) {
            return true;
        }
        if (bytes > left) {
            return false;
        }
        left -= bytes;
        return true;
    }

    /** Whether the stream may end now; else the message is malformed. */
    public boolean isWhole() {
        return left <= 0;
    }

    /** Bytes to come, if that was declared; else 0. */
    public long left() {
        return Math.max(0, left);
    }
}
