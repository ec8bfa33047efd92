package io.offramp.offload.device;

import io.netty.channel.embedded.EmbeddedChannel;
import io.offramp.offload.device.hardware.engine.QueueSet;
import io.offramp.offload.device.hardware.engine.SteppedEngine;
import io.offramp.offload.device.thread.DeviceCpu;
import io.offramp.offload.tck.Counters;
import io.offramp.offload.tck.SessionFixtures;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * A device whose engine works step by step, and whose interrupts wait until the event loop looks: all that threads
 * could do, on one.
 */
final class SteppedDevice implements AutoCloseable {
    private final LedgerEngine crypto = new LedgerEngine();
    private final SteppedEngine engine = new SteppedEngine();
    private final Deque<Runnable> interrupts = new ArrayDeque<>();
    private final Device device;
    private final SessionFixtures sessions;

    /** @param settings name, value, name, value … */
    SteppedDevice(String... settings) {
        device = new Device(
                DeviceState.settings(settings),
                crypto,
                (loop, task) -> interrupts.add(task),
                System::nanoTime,
                new DeviceCpu(),
                (parsed, cpu) -> List.of(engine));
        sessions = new SessionFixtures(device, 45_680, channel -> settle());
    }

    Device device() {
        return device;
    }

    SessionFixtures sessions() {
        return sessions;
    }

    SteppedEngine engine() {
        return engine;
    }

    /** The queues of the one event loop; there after the first install. */
    QueueSet queues() {
        return engine.queues().getFirst();
    }

    LedgerEngine crypto() {
        return crypto;
    }

    /** The event loop does what is due: interrupts, then tasks. */
    void poll() {
        for (Runnable task = interrupts.poll(); task != null; task = interrupts.poll()) {
            task.run();
        }
        ((EmbeddedChannel) sessions.target().channel()).runPendingTasks();
    }

    /** Engine and event loop work until there is nothing to do. */
    void settle() {
        do {
            poll();
        } while (engine.run() || !interrupts.isEmpty());
    }

    long counter(String name) {
        return Counters.value(device.counters(), name);
    }

    @Override
    public void close() {
        sessions.close();
        DeviceState.expectNothingHeld(device);
        engine.runFreely();
        device.close();
        crypto.expectClean();
    }
}
