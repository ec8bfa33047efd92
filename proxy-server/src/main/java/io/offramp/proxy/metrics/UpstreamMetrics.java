package io.offramp.proxy.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.offramp.proxy.upstream.ConnectionEnd;
import io.offramp.proxy.upstream.RequestQueue;
import io.offramp.proxy.upstream.UpstreamEvents;
import io.offramp.proxy.upstream.failure.FailureReason;
import io.offramp.proxy.upstream.health.CheckResult;
import io.offramp.proxy.upstream.health.ServerState;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** Events of one upstream. Resolved once per upstream; thread-safe; called on event loops. */
public final class UpstreamMetrics implements UpstreamEvents {
    private final LongAdder connectFailures;
    private final LongAdder retries;
    private final LongAdder poolHits;
    private final Timer connectDuration;
    private final Timer answerDuration;
    private final StatusCounters answers;
    private final LongAdder connections = new LongAdder();
    private final LongAdder streams = new LongAdder();
    private final LongAdder queued = new LongAdder();
    private final Map<RequestQueue.Refused, LongAdder> refused = new EnumMap<>(RequestQueue.Refused.class);
    private final Map<ConnectionEnd, LongAdder> ends = new EnumMap<>(ConnectionEnd.class);

    private final Map<FailureReason, LongAdder> failures = new EnumMap<>(FailureReason.class);
    private final Map<CheckResult, LongAdder> checks = new EnumMap<>(CheckResult.class);
    private final Map<ServerState, LongAdder> changes = new EnumMap<>(ServerState.class);

    UpstreamMetrics(MeterScope scope, String name) {
        Tags upstream = Tags.of("upstream", name);
        connectFailures = CounterFamily.single(
                scope, "offramp.upstream.connect.failures", "Failed connects to an upstream", upstream);
        retries = CounterFamily.single(
                scope, "offramp.upstream.retries", "Requests sent again on another connection", upstream);
        poolHits = CounterFamily.single(
                scope, "offramp.upstream.pool.hits", "Requests that found an idle connection", upstream);
        connectDuration = Latency.ofSetup(
                scope, "offramp.upstream.connect.duration", "Successful connects to an upstream", upstream);
        answerDuration = Latency.ofExchange(
                scope,
                "offramp.upstream.answer.duration",
                "From the head of a request to a server to the head of its answer",
                upstream);
        answers = new StatusCounters(
                scope, "offramp.upstream.answers", "Answers of the servers of an upstream by status", upstream);
        scope.add(Gauge.builder("offramp.upstream.connections", connections, LongAdder::sum)
                .description("Open connections to an upstream")
                .tags(upstream)::register);
        scope.add(Gauge.builder("offramp.upstream.streams", streams, LongAdder::sum)
                .description("Open streams of shared connections to an upstream")
                .tags(upstream)::register);
        scope.add(Gauge.builder("offramp.upstream.queue", queued, LongAdder::sum)
                .description("Requests that wait for a connection to an upstream, or for room at its servers")
                .tags(upstream)::register);
        for (RequestQueue.Refused each : RequestQueue.Refused.values()) {
            refused.put(
                    each,
                    CounterFamily.single(
                            scope,
                            "offramp.upstream.queue.refused",
                            "Requests that found the queue of an upstream full, or waited there for too long",
                            upstream.and("reason", each.name().toLowerCase(Locale.ROOT))));
        }
        for (FailureReason each : FailureReason.values()) {
            failures.put(
                    each,
                    CounterFamily.single(
                            scope,
                            "offramp.upstream.failures",
                            "Requests that failed at a server of an upstream, by reason; in tcp mode, connections",
                            upstream.and("reason", each.word())));
        }
        for (CheckResult each : CheckResult.values()) {
            checks.put(
                    each,
                    CounterFamily.single(
                            scope,
                            "offramp.upstream.checks",
                            "Checks of servers of an upstream by result; late: no answer; busy: no connection free",
                            upstream.and("result", each.word())));
        }
        for (ServerState each : ServerState.values()) {
            changes.put(
                    each,
                    CounterFamily.single(
                            scope,
                            "offramp.upstream.server.changes",
                            "Changes of servers of an upstream to a state",
                            upstream.and("state", each.word())));
        }
        for (ConnectionEnd each : ConnectionEnd.values()) {
            ends.put(
                    each,
                    CounterFamily.single(
                            scope,
                            "offramp.upstream.ends",
                            "Shared connections to an upstream that ended before their time",
                            upstream.and("reason", each.name().toLowerCase(Locale.ROOT))));
        }
    }

    @Override
    public void onConnected(long durationNs) {
        connectDuration.record(durationNs, TimeUnit.NANOSECONDS);
    }

    @Override
    public void onAnswer(int status, long durationNs) {
        answers.count(status);
        answerDuration.record(durationNs, TimeUnit.NANOSECONDS);
    }

    @Override
    public void onConnectFailed() {
        connectFailures.increment();
    }

    @Override
    public void onRetried() {
        retries.increment();
    }

    @Override
    public void onConnections(int change) {
        connections.add(change);
    }

    @Override
    public void onStreams(int change) {
        streams.add(change);
    }

    @Override
    public void onEnded(ConnectionEnd why) {
        Objects.requireNonNull(ends.get(why)).increment();
    }

    @Override
    public void onFailed(FailureReason reason) {
        Objects.requireNonNull(failures.get(reason)).increment();
    }

    @Override
    public void onChecked(CheckResult result) {
        Objects.requireNonNull(checks.get(result)).increment();
    }

    @Override
    public void onServerChanged(ServerState now) {
        Objects.requireNonNull(changes.get(now)).increment();
    }

    @Override
    public void onQueued(int change) {
        queued.add(change);
    }

    @Override
    public void onQueueRefused(RequestQueue.Refused why) {
        Objects.requireNonNull(refused.get(why)).increment();
    }

    @Override
    public void onPoolHit() {
        poolHits.increment();
    }
}
