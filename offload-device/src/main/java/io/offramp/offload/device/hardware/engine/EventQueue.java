package io.offramp.offload.device.hardware.engine;

import io.offramp.offload.device.hardware.queue.Moderation;

/**
 * The EQ of a channel: has the driver look at its CQs, by an interrupt, at once or moderated. Times are ns of one
 * monotonic clock. Confined to the engine's thread once there is one.
 */
final class EventQueue {
    private Runnable interrupt = () -> {};
    private Moderation moderation = Moderation.NONE;
    private int pending;
    private long firstAtNs;
    private long events;

    /** What an interrupt runs. */
    void onInterrupt(Runnable newInterrupt) {
        interrupt = newInterrupt;
    }

    /** How interrupts are moderated from here on. */
    void moderate(Moderation newModeration) {
        moderation = newModeration;
    }

    /** There are completions. */
    void add(int completions, long nowNs) {
        if (pending == 0) {
            firstAtNs = nowNs;
        }
        pending += completions;
    }

    /** Raises an interrupt if one is due; false if none is. */
    boolean raiseIfDue(long nowNs) {
        if (pending == 0 || pending < moderation.completions() && nowNs - firstAtNs < moderation.delayNs()) {
            return false;
        }
        raise();
        return true;
    }

    /** Raises an interrupt. */
    void raise() {
        pending = 0;
        events++;
        interrupt.run();
    }

    /** Until an interrupt is due, in ns; {@link Long#MAX_VALUE} where none will be. */
    long nsToDue(long nowNs) {
        return pending == 0 ? Long.MAX_VALUE : Math.max(0, firstAtNs + moderation.delayNs() - nowNs);
    }

    /** Interrupts so far; another thread may see an older count. */
    long events() {
        return events;
    }
}
