package io.offramp.proxy.config;

import io.offramp.proxy.upstream.ExchangeBounds;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Reads bounds of exchanges: those of a route, or of an upstream. */
final class ExchangeBoundsReader {
    /** Keys of {@code timeouts}. */
    static final String[] TIMEOUTS = {"answer", "pause", "total", "tunnel"};

    private static final Scalar<Duration> TIME = Scalar.duration(Duration.ofMillis(1));
    private static final Scalar<Duration> OR_ZERO = Scalar.duration(Duration.ZERO);
    private static final Scalar<Long> BODY = Scalar.size(0, 1L << 50);

    private ExchangeBoundsReader() {}

    /**
     * Those that are written.
     *
     * @param timeouts has {@link #TIMEOUTS}
     * @param limits has {@code body}
     */
    static ExchangeBounds read(@Nullable Section timeouts, @Nullable Section limits) {
        return new ExchangeBounds(
                time(timeouts, "answer", TIME),
                time(timeouts, "pause", TIME),
                time(timeouts, "total", OR_ZERO),
                time(timeouts, "tunnel", TIME),
                limits == null ? ExchangeBounds.UNSET : limits.get("body", BODY, ExchangeBounds.UNSET));
    }

    private static long time(@Nullable Section timeouts, String key, Scalar<Duration> kind) {
        Value value = timeouts == null ? null : timeouts.get(key);
        Duration read = value == null ? null : value.as(kind);
        return read == null ? ExchangeBounds.UNSET : read.toNanos();
    }
}
