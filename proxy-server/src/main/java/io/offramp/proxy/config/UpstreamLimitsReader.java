package io.offramp.proxy.config;

import io.offramp.proxy.upstream.QueueConfig;
import io.offramp.proxy.upstream.UpstreamLimits;
import java.time.Duration;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads the bounds of an upstream: {@code limits}, {@code timeouts}, {@code queue} and {@code retry}. */
final class UpstreamLimitsReader {
    /** Keys of an upstream that this reads. */
    static final String[] KEYS = {"limits", "timeouts", "queue", "retry"};

    private static final String[] TIMEOUTS = Stream.concat(
                    Stream.of("connect"), Stream.of(ExchangeBoundsReader.TIMEOUTS))
            .toArray(String[]::new);

    private static final Scalar<Integer> REQUESTS = Scalar.number(0, 1_000_000);
    private static final Scalar<Integer> CONNECTIONS = Scalar.number(0, 60_000);
    private static final Scalar<Duration> TIME = Scalar.duration(Duration.ofMillis(1));

    private UpstreamLimitsReader() {}

    static UpstreamLimits read(Section upstream) {
        Section limits = section(upstream.get("limits"), "requests", "connections", "retries", "body");
        Section timeouts = section(upstream.get("timeouts"), TIMEOUTS);
        UpstreamLimits read = limits(limits)
                .with(queue(upstream.get("queue")))
                .with(RetryReader.read(upstream.get("retry")))
                .with(ExchangeBoundsReader.read(timeouts, limits));
        Value connect = timeouts == null ? null : timeouts.get("connect");
        Duration time = connect == null ? null : connect.as(TIME);
        return time == null ? read : read.with(time);
    }

    private static @Nullable Section section(@Nullable Value value, String... keys) {
        return value == null ? null : value.section(keys);
    }

    private static UpstreamLimits limits(@Nullable Section section) {
        UpstreamLimits usual = UpstreamLimits.DEFAULTS;
        return section == null
                ? usual
                : new UpstreamLimits(
                                section.get("requests", REQUESTS, usual.requests()),
                                section.get("retries", Scalar.percent(0, 100), usual.retryPercent()))
                        .withConnections(section.get("connections", CONNECTIONS, usual.connections()));
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
