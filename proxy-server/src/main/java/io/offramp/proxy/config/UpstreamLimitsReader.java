package io.offramp.proxy.config;

import io.offramp.proxy.upstream.QueueConfig;
import io.offramp.proxy.upstream.UpstreamLimits;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Reads the bounds of an upstream: {@code limits}, {@code queue} and {@code retry}. */
final class UpstreamLimitsReader {
    /** Keys of an upstream that this reads. */
    static final String[] KEYS = {"limits", "queue", "retry"};

    private static final Scalar<Integer> REQUESTS = Scalar.number(0, 1_000_000);
    private static final Scalar<Duration> TIME = Scalar.duration(Duration.ofMillis(1));

    private UpstreamLimitsReader() {}

    static UpstreamLimits read(Section upstream) {
        return limits(upstream.get("limits"))
                .with(queue(upstream.get("queue")))
                .with(RetryReader.read(upstream.get("retry")));
    }

    private static UpstreamLimits limits(@Nullable Value value) {
        UpstreamLimits usual = UpstreamLimits.DEFAULTS;
        Section section = value == null ? null : value.section("requests", "retries");
        return section == null
                ? usual
                : new UpstreamLimits(
                        section.get("requests", REQUESTS, usual.requests()),
                        section.get("retries", Scalar.percent(0, 100), usual.retryPercent()));
    }

    private static @Nullable QueueConfig queue(@Nullable Value value) {
        QueueConfig usual = QueueConfig.DEFAULTS;
        Section section = value == null ? null : value.section("size", "timeout");
        return section == null
                ? null
                : new QueueConfig(
                        section.get("size", REQUESTS, usual.size()), section.get("timeout", TIME, usual.timeout()));
    }
}
