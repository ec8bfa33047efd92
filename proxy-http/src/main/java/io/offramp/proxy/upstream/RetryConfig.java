package io.offramp.proxy.upstream;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Requests of an upstream that are tried again. Behind a cause where the server may have acted, only those of certain
 * methods.
 *
 * @param causes of another attempt
 * @param statuses of answers that are not passed on while another attempt may follow; 400 to 599
 * @param methods of requests that may reach servers twice; null for the idempotent ones (RFC 9110 §9.2.2)
 * @param attempts most servers that get one request, the first included
 * @param bodyBytes most of a request's body that is kept for another attempt; 0 to try only those without a body again
 */
public record RetryConfig(
        Set<Cause> causes, Set<Integer> statuses, @Nullable Set<String> methods, int attempts, int bodyBytes) {
    /** Only where the server has not acted, by all that is known. */
    public static final RetryConfig DEFAULTS =
            new RetryConfig(Set.of(Cause.CONNECT, Cause.REFUSED), Set.of(), null, 2, 0);

    /** Why an attempt has brought no answer. */
    public enum Cause {
        /** No connection to the server. The request goes to the next server. */
        CONNECT,
        /** The server has refused the stream, or ended the connection without a look at it (RFC 9113 §8.7). */
        REFUSED,
        /** The connection or the stream ended before the head of an answer. */
        RESET,
        /** The head of an answer did not come in time. */
        TIMEOUT
    }

    /** Copies the sets. */
    public RetryConfig {
        causes = Set.copyOf(causes);
        statuses = Set.copyOf(statuses);
        methods = methods == null ? null : Set.copyOf(methods);
    }
}
