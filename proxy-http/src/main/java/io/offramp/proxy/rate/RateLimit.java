package io.offramp.proxy.rate;

import java.util.concurrent.TimeUnit;

/**
 * A limit of requests, of connections, or of bytes, that clients may make in a time.
 *
 * @param name in metrics and logs, unique in the configuration
 * @param what is counted
 * @param amount of it that a client gets back in {@code perNs}
 * @param burst most that it may have at once
 * @param by what counts as one client
 * @param dryRun true if it counts and refuses nothing
 * @param clients that are known at once
 */
public record RateLimit(
        String name, What what, long amount, long perNs, long burst, RateKey by, boolean dryRun, int clients) {
    /** Longest wait for the return of what was taken. */
    private static final long MOST_DEBT_NS = TimeUnit.HOURS.toNanos(1);

    /** Sums of a few fit into a number. */
    private static final double MOST_NS = Long.MAX_VALUE / 8.0;

    /** What is counted. */
    public enum What {
        /** Refused while there is not one left. */
        REQUESTS,
        /** Closed at once while there is not one left. */
        CONNECTIONS,
        /** Of bodies, both ways, counted when a request ends. Refused while a client has moved more than it may. */
        BYTES
    }

    /** Time in which that much comes back. */
    long ns(long much) {
        return (long) Math.min(MOST_NS, Math.ceil((double) much * perNs / amount));
    }

    long sizeNs() {
        return ns(burst);
    }

    long mostDebtNs() {
        return sizeNs() + MOST_DEBT_NS;
    }
}
