package io.offramp.proxy.upstream.balance;

/** A server as a policy sees it. Thread-safe. */
public interface Candidate {
    /** The weight 1 of the configuration: a server that has just come back has less of it. */
    int FULL_WEIGHT = 100;

    /** Its share of the requests in relation to others; 0 if it takes none now. */
    int weight(long nowNs);

    /** The same as if all servers were well; 0 if it is drained, or full. */
    int weightInPanic();

    /** As configured: 1 or more. */
    int configuredWeight();

    /** Lower ones come first. */
    int priority();

    /** Requests under way, roughly: the counts of other event loops may be a moment old. */
    long load();

    /** Stays the same over restarts, and differs from those of other servers: for cookies and hash tables. */
    long id();
}
