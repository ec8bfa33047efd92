package io.offramp.offload.device.capacity;

import static io.offramp.offload.counter.OffloadCounter.Kind.COUNTER;
import static io.offramp.offload.counter.OffloadCounter.Kind.GAUGE;

import io.offramp.offload.Capacity;
import io.offramp.offload.DeclineReason;
import io.offramp.offload.InstallResult;
import io.offramp.offload.InstallResult.Declined;
import io.offramp.offload.InstallResult.Installed;
import io.offramp.offload.RxSink;
import io.offramp.offload.TxSink;
import io.offramp.offload.counter.OffloadCounter;
import io.offramp.offload.record.RecordFormat;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Whether the device takes one more direction: it declines while its load is at its rate, above its rate of installs,
 * and when it has no context left. Counts why. Lock-free, thread-safe.
 */
public final class Admission {
    private final Capacity capacity;
    private final BooleanSupplier contextsLeft;
    private final LongSupplier backlogNs;
    private final InstallLimiter installs;
    private final LoadGauge load;
    private final LongAdder forContexts = new LongAdder();
    private final LongAdder forInstallRate = new LongAdder();
    private final LongAdder forFirmware = new LongAdder();
    private final LongAdder forLoad = new LongAdder();

    /**
     * @param contextsLeft false while all contexts are in use
     * @param backlogNs how far the firmware is behind
     * @param misses contexts that the device had to fetch, so far
     * @param clock ns, monotonic: {@code System::nanoTime}
     */
    public Admission(
            Capacity capacity,
            BooleanSupplier contextsLeft,
            LongSupplier backlogNs,
            LongSupplier misses,
            LongSupplier clock) {
        this.backlogNs = backlogNs;
        this.capacity = capacity;
        this.contextsLeft = contextsLeft;
        installs = new InstallLimiter(capacity.installsPerSecond(), capacity.installBurst(), clock);
        load = new LoadGauge(capacity, misses, clock);
    }

    /** Installs unless there is a reason not to; an install that finds no context costs none of the rate. */
    public <S> InstallResult<S> admit(Supplier<InstallResult<S>> install) {
        String over = load.isLimited() ? load.over() : null;
        if (over != null) {
            forLoad.increment();
            return new Declined<>(DeclineReason.CAPACITY, over);
        }
        long behindNs = backlogNs.getAsLong();
        if (behindNs > Capacity.Firmware.MOST_BACKLOG_NS) {
            forFirmware.increment();
            return new Declined<>(
                    DeclineReason.CAPACITY, "firmware of the device is " + behindNs / 1_000_000 + " ms behind");
        }
        if (capacity.limitsInstalls() && !installs.tryTake()) {
            forInstallRate.increment();
            return new Declined<>(
                    DeclineReason.CAPACITY, "device installs at most " + capacity.installsPerSecond() + "/s");
        }
        InstallResult<S> result = install.get();
        switch (result) {
            case Installed<S> installed -> {}
            case Declined<S>(DeclineReason reason, String detail) -> {
                if (reason == DeclineReason.CAPACITY) {
                    forContexts.increment();
                }
                if (capacity.limitsInstalls()) {
                    installs.giveBack();
                }
            }
        }
        return result;
    }

    /** True while {@link #admit} would decline. */
    public boolean isClosed() {
        return !contextsLeft.getAsBoolean()
                || backlogNs.getAsLong() > Capacity.Firmware.MOST_BACKLOG_NS
                || capacity.limitsInstalls() && installs.isEmpty()
                || load.isLimited() && load.isOver();
    }

    /** The sink that a session gets: the same, or one that also counts, if load is limited. */
    public TxSink metered(TxSink sink) {
        return capacity.limitsLoad() ? new MeteredTxSink(sink, load) : sink;
    }

    /** The sink that a session gets: the same, or one that also counts, if load is limited. */
    public RxSink metered(RxSink sink, RecordFormat format) {
        return capacity.limitsLoad() ? new MeteredRxSink(sink, load, format.overheadBytes()) : sink;
    }

    /** Its counters. */
    public List<OffloadCounter> counters() {
        return List.of(
                counter(
                        "device_declined_contexts",
                        "Installs declined because no context, key or rule was free",
                        forContexts),
                counter(
                        "device_declined_install_rate",
                        "Installs declined above the device's rate of installs",
                        forInstallRate),
                counter(
                        "device_declined_firmware",
                        "Installs declined because the firmware was behind with its commands",
                        forFirmware),
                counter("device_declined_load", "Installs declined while the device's load was at its rate", forLoad),
                new OffloadCounter(
                        "device_records_per_second",
                        "Records on the device per second over the last 100 ms; 0 where load is not limited",
                        GAUGE,
                        load::recordsPerSecond),
                new OffloadCounter(
                        "device_bits_per_second",
                        "Bits on the device per second over the last 100 ms; 0 where load is not limited",
                        GAUGE,
                        load::bitsPerSecond));
    }

    private static OffloadCounter counter(String name, String description, LongAdder value) {
        return new OffloadCounter(name, description, COUNTER, value::sum);
    }
}
