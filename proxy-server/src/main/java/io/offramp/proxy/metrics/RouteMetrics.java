package io.offramp.proxy.metrics;

import io.offramp.proxy.measure.DurationHistogram;
import io.offramp.proxy.route.RouteEvents;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/** Requests of one route. Thread-safe; called on event loops: a request costs three additions. */
final class RouteMetrics implements RouteEvents {
    private final List<LongAdder> byClass =
            Stream.generate(LongAdder::new).limit(StatusClass.values().length).toList();
    private final DurationHistogram durations = new DurationHistogram();

    @Override
    public void onRequest(int status, long durationNs) {
        byClass.get(StatusClass.of(status).ordinal()).increment();
        durations.record(durationNs);
    }

    long requests(StatusClass statuses) {
        return byClass.get(statuses.ordinal()).sum();
    }

    DurationHistogram durations() {
        return durations;
    }
}
