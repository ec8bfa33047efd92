package io.offramp.proxy.message;

/**
 * Bounds of a message's head.
 *
 * @param requestLineBytes longest request line
 * @param headBytes largest head of a request or an answer: all header fields together
 */
public record HeadLimits(int requestLineBytes, int headBytes) {
    /** Most fields of a head, so that rules that look at pairs of fields stay cheap. */
    public static final int MOST_FIELDS = 256;

    /** The default. */
    public static final HeadLimits DEFAULTS = new HeadLimits(8 << 10, 32 << 10);
}
