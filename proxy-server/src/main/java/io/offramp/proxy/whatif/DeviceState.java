package io.offramp.proxy.whatif;

import io.offramp.offload.Capacity;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A device at one moment of a simulation: its directions and its rates. Times are ns and never go back. */
final class DeviceState {
    private static final double SECOND_NS = TimeUnit.SECONDS.toNanos(1);

    private final DeviceFigures figures;
    private double tokens;
    private long tokensAtNs;
    private long contexts;
    private double records;
    private double squares;
    private long firmwareIdleNs;
    private double peakActive;
    private double bits;
    private long peakContexts;
    private double peakRecords;
    private double peakBits;
    private double contextNs;
    private long contextsAtNs;

    DeviceState(DeviceFigures figures) {
        this.figures = figures;
        tokens = figures.capacity().installBurst();
    }

    /** Tries to take a direction: null if it was taken, else the reason why not. */
    @Nullable
    Refusal install(Flow flow, long nowNs) {
        if (!figures.takes(flow)) {
            return Refusal.SUITE;
        }
        if (records >= figures.capacity().recordsPerSecond(active())
                || bits >= figures.capacity().bitsPerSecond()) {
            return Refusal.LOAD;
        }
        refill(nowNs);
        if (firmwareIdleNs - nowNs > Capacity.Firmware.MOST_BACKLOG_NS
                || figures.capacity().limitsInstalls() && tokens < 1) {
            return Refusal.INSTALL_RATE;
        }
        if (contexts >= figures.contexts()) {
            return Refusal.CONTEXTS;
        }
        tokens -= 1;
        hold(1, nowNs);
        command(flow, nowNs);
        records += flow.recordsPerSecond();
        squares += flow.recordsPerSecond() * flow.recordsPerSecond();
        peakActive = Math.max(peakActive, active());
        bits += flow.bitsPerSecond();
        peakRecords = Math.max(peakRecords, records);
        peakBits = Math.max(peakBits, bits);
        return null;
    }

    /** A taken direction ends. */
    void release(Flow flow, long nowNs) {
        hold(-1, nowNs);
        // An empty device has no load, also after rounding errors.
        records = contexts == 0 ? 0 : records - flow.recordsPerSecond();
        squares = contexts == 0 ? 0 : squares - flow.recordsPerSecond() * flow.recordsPerSecond();
        bits = contexts == 0 ? 0 : bits - flow.bitsPerSecond();
    }

    /** Time of the next possible install. */
    long nextInstallNs(long nowNs) {
        refill(nowNs);
        double missing = Math.max(0, 1 - tokens);
        long tokenNs = nowNs
                + (long) Math.ceil(missing * SECOND_NS / figures.capacity().installsPerSecond());
        return Math.max(tokenNs, firmwareIdleNs - Capacity.Firmware.MOST_BACKLOG_NS);
    }

    /** The firmware does the commands of a direction behind those of others; those of its end are counted here, too. */
    private void command(Flow flow, long nowNs) {
        firmwareIdleNs =
                Math.max(firmwareIdleNs, nowNs) + figures.capacity().firmware().ns(flow.direction());
    }

    /**
     * How many directions are active. As many directions, all alike, would share the records as those on the device do.
     * Idle ones count next to nothing.
     */
    private double active() {
        return squares <= 0 ? 0 : records * records / squares;
    }

    private void refill(long nowNs) {
        double come = (nowNs - tokensAtNs) / SECOND_NS * figures.capacity().installsPerSecond();
        tokens = Math.min(figures.capacity().installBurst(), tokens + come);
        tokensAtNs = nowNs;
    }

    private void hold(int more, long nowNs) {
        contextNs += (double) contexts * (nowNs - contextsAtNs);
        contextsAtNs = nowNs;
        contexts += more;
        peakContexts = Math.max(peakContexts, contexts);
    }

    double peakActive() {
        return peakActive;
    }

    long peakContexts() {
        return peakContexts;
    }

    double meanContexts(long spanNs) {
        return spanNs == 0 ? 0 : contextNs / spanNs;
    }

    double peakRecordsPerSecond() {
        return peakRecords;
    }

    double peakBitsPerSecond() {
        return peakBits;
    }
}
