package io.offramp.offload.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.offramp.offload.device.hardware.engine.QueueSet;
import io.offramp.offload.device.hardware.engine.SteppedEngine;
import io.offramp.offload.device.thread.DeviceCpu;
import io.offramp.offload.tck.Counters;
import io.offramp.offload.tck.SessionFixtures;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

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
        Map<String, String> map = new HashMap<>();
        for (int i = 0; i < settings.length; i += 2) {
            map.put(settings[i], settings[i + 1]);
        }
        device = new Device(
                DeviceSettings.parse(map),
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
        expectNothingHeld();
        engine.runFreely();
        device.close();
        assertThat(crypto.openKeys()).as("keys set up").isZero();
        assertThat(crypto.reused()).as("nonces used for two plaintexts").isEmpty();
    }

    /** Nothing is left on the device. */
    void expectNothingHeld() {
        assertThat(device.resources().tises().inUse()).as("TIS in use").isZero();
        assertThat(device.resources().deks().inUse()).as("DEK in use").isZero();
        assertThat(device.nic().tirs().inUse()).as("TIR in use").isZero();
        assertThat(device.nic().steering().used()).as("steering rules").isZero();
    }
}
