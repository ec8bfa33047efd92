package io.offramp.offload.device.hardware.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.offramp.offload.aead.choice.AeadEngines;
import io.offramp.offload.device.driver.queue.SendRing;
import io.offramp.offload.device.hardware.Nic;
import io.offramp.offload.device.hardware.NicLimits;
import io.offramp.offload.device.hardware.context.ContextCache;
import io.offramp.offload.device.hardware.firmware.Firmware;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A thread of the device: what one set of queues does to it, the others do not notice. */
class EngineThreadTest {
    private static final long LONG_NS = TimeUnit.HOURS.toNanos(1);

    @Test
    void shouldGoOnWithAllQueuesWhenOneOfThemThrows() {
        EngineThread engine = new EngineThread(Thread::new, Pace.UNLIMITED);
        Nic nic = new Nic(
                new NicLimits(1, 1, 1),
                AeadEngines.best(),
                List.of(engine),
                Firmware.instant(),
                ContextCache.unlimited());
        QueueSet broken = nic.createQueues(1);
        QueueSet sound = nic.createQueues(1);
        AtomicBoolean throwsNow = new AtomicBoolean(true);
        AtomicInteger interrupts = new AtomicInteger();
        broken.onInterrupt(() -> {
            if (throwsNow.get()) {
                throw new IllegalStateException("asked for");
            }
            interrupts.incrementAndGet();
        });
        sound.onInterrupt(interrupts::incrementAndGet);
        SendRing brokenRing = postNop(broken);
        await().until(() -> isDone(brokenRing));

        SendRing soundRing = postNop(sound);

        await().until(() -> isDone(soundRing) && interrupts.get() == 1);
        throwsNow.set(false);
        brokenRing.postNop(0);
        brokenRing.doorbell();
        await().until(() -> isDone(brokenRing) && interrupts.get() == 2);
        close(nic, broken, sound);
    }

    /** The time that the device takes for one set of queues is not the others'. */
    @Test
    void shouldNotKeepTheOtherQueuesWaitingForOneThatIsPaced() {
        AtomicInteger works = new AtomicInteger();
        EngineThread engine =
                new EngineThread(Thread::new, (records, bytes, misses) -> works.getAndIncrement() == 0 ? LONG_NS : 0);
        Nic nic = new Nic(
                new NicLimits(1, 1, 1),
                AeadEngines.best(),
                List.of(engine),
                Firmware.instant(),
                ContextCache.unlimited());
        QueueSet slow = nic.createQueues(1);
        QueueSet other = nic.createQueues(1);
        AtomicInteger slowInterrupts = new AtomicInteger();
        AtomicInteger interrupts = new AtomicInteger();
        slow.onInterrupt(slowInterrupts::incrementAndGet);
        other.onInterrupt(interrupts::incrementAndGet);
        postNop(slow);
        await().until(() -> works.get() == 1);

        postNop(other);

        await().until(() -> interrupts.get() == 1);
        assertThat(slowInterrupts).hasValue(0);
        close(nic, slow, other);
    }

    private static SendRing postNop(QueueSet queues) {
        SendRing ring = new SendRing(queues.sendQueue(), queues.sendCompletions(), queues::ringSend);
        queues.arm();
        ring.postNop(0);
        ring.doorbell();
        return ring;
    }

    private static boolean isDone(SendRing ring) {
        ring.poll();
        return ring.isIdle();
    }

    private static void close(Nic nic, QueueSet... queues) {
        for (QueueSet set : queues) {
            set.close();
        }
        nic.close();
    }
}
