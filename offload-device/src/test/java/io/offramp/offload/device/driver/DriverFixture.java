package io.offramp.offload.device.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.offramp.offload.FiveTuple;
import io.offramp.offload.OffloadTarget;
import io.offramp.offload.aead.AeadEngine;
import io.offramp.offload.aead.choice.AeadEngines;
import io.offramp.offload.device.driver.queue.DeviceChannel;
import io.offramp.offload.device.driver.session.DeviceResources;
import io.offramp.offload.device.driver.session.DriverSettings;
import io.offramp.offload.device.driver.session.SessionPlace;
import io.offramp.offload.device.hardware.Nic;
import io.offramp.offload.device.hardware.NicLimits;
import io.offramp.offload.device.hardware.engine.QueueSet;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.tck.Counters;
import io.offramp.offload.tck.Protection;
import java.net.InetSocketAddress;
import java.util.Random;

/** A device, its driver's queues and a connection, for tests of a part of the driver. */
public final class DriverFixture implements AutoCloseable {
    /** The engine of device and software. */
    public final AeadEngine engine = AeadEngines.best();
    /** What comes from it is given back. */
    public final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
    /** What sessions share. */
    public final DeviceResources device;
    /** The device's end of the queues. */
    public final QueueSet queues;
    /** The driver's end of the queues. */
    public final DeviceChannel channel;
    /** Where the connection lives. */
    public final SessionPlace place;

    private final EmbeddedChannel netty = new EmbeddedChannel();
    private final Random random = new Random(9);

    /** With this driver. */
    public DriverFixture(DriverSettings settings) {
        netty.config().setAllocator(allocator);
        device = DeviceResources.of(new Nic(new NicLimits(8, 8, 8), engine), engine, settings);
        queues = device.nic().createQueues(1);
        channel = new DeviceChannel(queues, settings.wire() != null, Runnable::run);
        FiveTuple flow = new FiveTuple(new InetSocketAddress("192.0.2.1", 443), new InetSocketAddress("192.0.2.2", 5));
        place = new SessionPlace(device, channel, new OffloadTarget(1, netty, flow));
    }

    /** Random keys. */
    public TrafficKeys keys(Protection protection, long sequence) {
        return new TrafficKeys(
                protection.version(),
                protection.suite(),
                content(protection.suite().keyBytes()),
                content(TrafficKeys.ivBytes(protection.version(), protection.suite())),
                sequence);
    }

    /** Random bytes. */
    public byte[] content(int bytes) {
        byte[] content = new byte[bytes];
        random.nextBytes(content);
        return content;
    }

    /** Value of a counter. */
    public long counter(String name) {
        return Counters.value(device.counters().published(), name);
    }

    @Override
    public void close() {
        netty.runPendingTasks();
        netty.finishAndReleaseAll();
        channel.close();
        device.nic().deks().close();
        assertThat(allocator.metric().usedDirectMemory())
                .as("direct bytes not released")
                .isZero();
        assertThat(device.deks().inUse()).as("DEK in use").isZero();
        assertThat(device.tises().inUse()).as("TIS in use").isZero();
        assertThat(device.nic().tirs().inUse()).as("TIR in use").isZero();
    }
}
