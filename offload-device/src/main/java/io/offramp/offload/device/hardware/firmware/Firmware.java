package io.offramp.offload.device.hardware.firmware;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * Does one command after the other. What a command is for happens at once, so nobody waits; the firmware then is busy
 * for the time that the command takes, and callers can see how far it is behind. Lock-free, thread-safe.
 */
public final class Firmware {
    private final CommandTimes times;
    private final LongSupplier clock;
    private final AtomicLong idleNs;
    private final LongAdder commands = new LongAdder();

    /** @param clock ns, monotonic */
    public Firmware(CommandTimes times, LongSupplier clock) {
        this.times = times;
        this.clock = clock;
        idleNs = new AtomicLong(clock.getAsLong());
    }

    /** A firmware whose commands take no time. */
    public static Firmware instant() {
        return new Firmware(CommandTimes.NONE, () -> 0);
    }

    /** A TIS, TIR or steering rule is made, changed or destroyed. */
    public void onObject() {
        run(times.objectNs());
    }

    /** A key is written. */
    public void onKeyLoaded() {
        run(times.keyLoadNs());
    }

    /** A key is taken away. */
    public void onKeyCleared() {
        run(times.keyClearNs());
    }

    /** SYNC_CRYPTO. */
    public void onSync() {
        run(times.syncNs());
    }

    private void run(long ns) {
        if (ns == 0) {
            return;
        }
        commands.increment();
        long now = clock.getAsLong();
        idleNs.updateAndGet(idle -> (idle - now > 0 ? idle : now) + ns);
    }

    /** How long it still is busy with the commands so far, in ns. */
    public long backlogNs() {
        return times.equals(CommandTimes.NONE) ? 0 : Math.max(0, idleNs.get() - clock.getAsLong());
    }

    /** Commands that took time, so far. */
    public long commands() {
        return commands.sum();
    }
}
