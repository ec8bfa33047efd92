package io.offramp.proxy.upstream;

import io.offramp.proxy.message.RequestHead;
import io.offramp.proxy.upstream.RetryConfig.Cause;
import java.util.BitSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A {@link RetryConfig}, made ready for requests. Immutable, thread-safe. */
public final class RetryRules {
    private final Set<Cause> causes;
    private final BitSet statuses = new BitSet();
    private final @Nullable Set<String> methods;
    private final int attempts;
    private final int bodyBytes;

    RetryRules(RetryConfig config) {
        causes = config.causes();
        config.statuses().forEach(statuses::set);
        methods = config.methods();
        attempts = config.attempts();
        bodyBytes = config.bodyBytes();
    }

    /** Whether such a failure lets another attempt follow. */
    public boolean has(Cause cause) {
        return causes.contains(cause);
    }

    /** Whether an answer of that status lets another attempt follow. */
    public boolean has(int status) {
        return statuses.get(status);
    }

    /** Whether servers may get this request twice, by its method. */
    public boolean allows(RequestHead request) {
        return methods == null
                ? request.isIdempotent()
                : methods.contains(request.message().method());
    }

    /** Most servers that get one request, the first included. */
    public int attempts() {
        return attempts;
    }

    /** Most of this request's body that is kept for another attempt; 0 for none. */
    public int bodyBytes(RequestHead request) {
        boolean keeps = bodyBytes > 0 && request.length() != 0 && request.length() <= bodyBytes && allows(request);
        return keeps ? bodyBytes : 0;
    }
}
