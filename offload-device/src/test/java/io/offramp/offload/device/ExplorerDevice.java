package io.offramp.offload.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.offload.counter.OffloadCounter;
import io.offramp.offload.device.driver.queue.DeviceChannel;
import io.offramp.offload.device.hardware.engine.SteppedEngine;
import io.offramp.offload.device.thread.DeviceCpu;
import io.offramp.offload.device.wire.Wire;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The device that the explorer's runs share, one after the other. */
final class ExplorerDevice implements AutoCloseable {
    static final int RECEIVE_QUEUES = 16;

    final LedgerEngine crypto = new LedgerEngine();
    final @Nullable SteppedEngine engine;
    final Device device;
    private final Deque<Runnable> interrupts = new ArrayDeque<>();
    private final Map<String, OffloadCounter> counters = new HashMap<>();
    private ScriptedChance chance = new ScriptedChance(0);
    private Wire.Tap tap = (header, headerBytes, payload, index, bytes) -> {};

    ExplorerDevice(ExplorerWorld.Mode mode, boolean resyncsByHint) {
        engine = mode == ExplorerWorld.Mode.ENGINES ? new SteppedEngine() : null;
        // More than the events of a history can take while the engine rests.
        Map<String, String> settings =
                new HashMap<>(Map.of("contexts", "80", "deks", "160", "command-time", "0ns", "key-time", "0ns"));
        settings.put("rqs", String.valueOf(RECEIVE_QUEUES));
        settings.put("resync", resyncsByHint ? "hint" : "async");
        if (mode == ExplorerWorld.Mode.WIRED) {
            settings.put("faults", "mss=250");
        }
        DeviceSettings parsed = DeviceSettings.parse(settings)
                .tapped((header, headerBytes, payload, index, bytes) ->
                        tap.onPacket(header, headerBytes, payload, index, bytes))
                .scripted((faults, stream) -> chance);
        device = new Device(
                parsed,
                crypto,
                (loop, task) -> interrupts.add(task),
                System::nanoTime,
                new DeviceCpu(),
                (known, cpu) -> engine == null ? List.of() : List.of(engine));
        device.counters().forEach(counter -> counters.put(counter.name(), counter));
    }

    /** A run begins. */
    void start(ScriptedChance newChance, Wire.Tap newTap) {
        chance = newChance;
        tap = newTap;
        crypto.startOver();
    }

    long counter(String name) {
        return Objects.requireNonNull(counters.get(name)).value().getAsLong();
    }

    /** Queues; null before the first install. */
    @Nullable
    DeviceChannel channel() {
        return device.driver().channel();
    }

    /** Runs what interrupts have asked for; false if that was nothing. */
    boolean poll() {
        boolean hasRun = false;
        for (Runnable task = interrupts.poll(); task != null; task = interrupts.poll()) {
            task.run();
            hasRun = true;
        }
        return hasRun;
    }

    /** Nothing of a run is left on the device. */
    void expectAsGoodAsNew() {
        DeviceState.expectNothingHeld(device);
        assertThat(device.nic().deks().loaded()).as("keys on the device").isZero();
        assertThat(crypto.openKeys()).as("keys set up").isZero();
        DeviceChannel channel = channel();
        if (channel != null) {
            assertThat(channel.regions().mapped())
                    .as("buffers that the device may reach")
                    .isLessThanOrEqualTo(2);
        }
    }

    @Override
    public void close() {
        if (engine != null) {
            engine.runFreely();
        }
        device.close();
    }
}
