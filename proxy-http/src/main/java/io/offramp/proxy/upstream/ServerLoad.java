package io.offramp.proxy.upstream;

import io.offramp.proxy.measure.DurationHistogram;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Counts the requests of one server, over all event loops, without a lock. In tcp mode, connections. Thread-safe. */
public final class ServerLoad {
    private final LongAdder begun = new LongAdder();
    private final LongAdder ended = new LongAdder();
    private final LongAdder faults = new LongAdder();
    private final DurationHistogram answerDurations = new DurationHistogram();
    private volatile @Nullable RequestQueue queue;

    /** That of its upstream, from now on. */
    void queue(RequestQueue ofUpstream) {
        queue = ofUpstream;
    }

    void onBegin() {
        begun.increment();
    }

    void onEnd() {
        ended.increment();
        RequestQueue waiting = queue;
        if (waiting != null && waiting.isAwaited()) { // behind the count, which a waiter reads behind its entry
            waiting.onRoom();
        }
    }

    void onAnswer(long durationNs) {
        answerDurations.record(durationNs);
    }

    void onFault() {
        faults.increment();
    }

    /** Since the start. */
    public long requests() {
        return begun.sum();
    }

    /** Under way, roughly. */
    public long active() {
        long over = ended.sum(); // first, so that the result is not negative
        return Math.max(0, begun.sum() - over);
    }

    /** From the head of a request to the head of its answer. */
    public DurationHistogram answerDurations() {
        return answerDurations;
    }

    /** Answers of 500 and above, or none, or broken ones. */
    public long faults() {
        return faults.sum();
    }
}
