package io.offramp.offload.device.driver.rx;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.offload.InstallResult;
import io.offramp.offload.device.driver.DriverFixture;
import io.offramp.offload.device.driver.queue.PacketTemplate;
import io.offramp.offload.device.driver.queue.SendRing;
import io.offramp.offload.device.driver.session.DriverSettings;
import io.offramp.offload.device.hardware.context.TlsContext;
import io.offramp.offload.device.hardware.queue.CompletionQueue;
import io.offramp.offload.device.hardware.queue.Cqe;
import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.ProtocolVersion;
import io.offramp.offload.tck.Protection;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A receiving context that a test moves as packets would, and completions that it keeps back as a slow device would.
 */
final class ResyncFixture implements AutoCloseable {
    static final int START = 1_000;

    final DriverFixture driver;
    final RxContext context;
    private final Deque<Integer> keptBack = new ArrayDeque<>();

    ResyncFixture(DriverSettings settings) {
        driver = new DriverFixture(settings);
        TrafficKeys keys = driver.keys(new Protection(ProtocolVersion.TLS_1_3, AeadSuite.AES_128_GCM), 3);
        PacketTemplate packets = new PacketTemplate(
                driver.place.target().flow().remote(),
                driver.place.target().flow().local());
        InstallResult<RxContext> result = RxContext.open(driver.place, packets.flow(), keys, START);
        assertThat(result).isInstanceOf(InstallResult.Installed.class);
        context = ((InstallResult.Installed<RxContext>) result).session();
    }

    TlsContext tir() {
        TlsContext tir = driver.device.nic().tirs().get(context.tir());
        assertThat(tir).isNotNull();
        return tir;
    }

    /** Takes the completions of the ICOSQ away before the driver looks. */
    void keepBack() {
        CompletionQueue completions = driver.queues.controlCompletions();
        for (int cqe = completions.poll(); cqe != CompletionQueue.EMPTY; cqe = completions.poll()) {
            assertThat(Cqe.opcode(completions.memory(), cqe)).isEqualTo(Cqe.REQUEST);
            keptBack.add(Cqe.wqeCounter(completions.memory(), cqe));
        }
    }

    /** Gives them back. */
    void complete() {
        while (!keptBack.isEmpty()) {
            driver.queues.controlCompletions().pushSent(keptBack.remove(), 0);
        }
    }

    /** Fills the ICOSQ with work that the device does not know of yet. */
    void fillControlQueue() {
        SendRing control = driver.channel.control();
        while (control.hasRoom(1)) {
            control.reserve(1);
            control.postNop(0);
        }
    }

    /** The device does that work. */
    void emptyControlQueue() {
        driver.channel.control().doorbell();
        driver.channel.control().poll();
    }

    @Override
    public void close() {
        context.close();
        driver.close();
    }
}
