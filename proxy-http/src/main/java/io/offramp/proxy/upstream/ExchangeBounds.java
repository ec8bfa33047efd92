package io.offramp.proxy.upstream;

/**
 * Bounds of the exchanges of one route or upstream. One that is {@link #UNSET} is left to the next: the upstream, then
 * the listener.
 *
 * @param answerNs from the end of a request until the head of its answer
 * @param pauseNs between two reads of the answer's body
 * @param totalNs from the head of a request to the end of its answer; 0 for no limit
 * @param tunnelNs of an upgraded connection without a byte either way; in tcp mode, of any
 * @param bodyBytes largest body of a request; 0 for no limit
 */
public record ExchangeBounds(long answerNs, long pauseNs, long totalNs, long tunnelNs, long bodyBytes) {
    /** No bound of its own. */
    public static final long UNSET = -1;

    /** Without any. */
    public static final ExchangeBounds NONE = new ExchangeBounds(UNSET, UNSET, UNSET, UNSET, UNSET);

    /** These, and those of another where there are none. */
    public ExchangeBounds over(ExchangeBounds other) {
        return new ExchangeBounds(
                or(answerNs, other.answerNs),
                or(pauseNs, other.pauseNs),
                or(totalNs, other.totalNs),
                or(tunnelNs, other.tunnelNs),
                or(bodyBytes, other.bodyBytes));
    }

    /** The first, if it is set. */
    public static long or(long own, long usual) {
        return own == UNSET ? usual : own;
    }
}
