package io.offramp.proxy.access;

import java.util.concurrent.atomic.LongAdder;

/** What an access log loses, over all its destinations. Thread-safe. */
final class LogCounters {
    private final LongAdder lost = new LongAdder();
    private final LongAdder failures = new LongAdder();

    void onLost(long lines) {
        lost.add(lines);
    }

    void onFailure() {
        failures.increment();
    }

    /** Lines that were not written. */
    long lost() {
        return lost.sum();
    }

    /** Writes that failed. */
    long failures() {
        return failures.sum();
    }
}
