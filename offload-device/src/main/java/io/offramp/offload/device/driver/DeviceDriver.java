package io.offramp.offload.device.driver;

import io.offramp.offload.DeclineReason;
import io.offramp.offload.InstallResult;
import io.offramp.offload.OffloadTarget;
import io.offramp.offload.RxSession;
import io.offramp.offload.RxSink;
import io.offramp.offload.TxSession;
import io.offramp.offload.TxSink;
import io.offramp.offload.device.driver.queue.DeviceChannel;
import io.offramp.offload.device.driver.queue.PacketTemplate;
import io.offramp.offload.device.driver.rx.DeviceRxSession;
import io.offramp.offload.device.driver.session.DeviceResources;
import io.offramp.offload.device.driver.session.SessionPlace;
import io.offramp.offload.device.driver.tx.DeviceTxSession;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.RecordBoundary;
import java.util.concurrent.ConcurrentHashMap;

/** Installs sessions on the device. Thread-safe. */
public final class DeviceDriver {
    private final DeviceResources device;
    // Looked up at installs only: a session keeps its channel.
    private final ConcurrentHashMap<Thread, DeviceChannel> channels = new ConcurrentHashMap<>();

    /** @param device what all sessions share */
    public DeviceDriver(DeviceResources device) {
        this.device = device;
    }

    /** Installs TX for keys that the device can take, on the event loop. */
    public InstallResult<TxSession> installTx(OffloadTarget target, TrafficKeys keys, RecordBoundary at, TxSink sink) {
        PacketTemplate packets;
        try {
            packets = new PacketTemplate(target.flow().local(), target.flow().remote());
        } catch (IllegalArgumentException e) {
            return new InstallResult.Declined<>(DeclineReason.CHANNEL, String.valueOf(e.getMessage()));
        }
        return DeviceTxSession.install(place(target), keys, at, sink, packets);
    }

    /** Installs RX for keys that the device can take, on the event loop. */
    public InstallResult<RxSession> installRx(OffloadTarget target, TrafficKeys keys, RecordBoundary at, RxSink sink) {
        PacketTemplate packets;
        try {
            packets = new PacketTemplate(target.flow().remote(), target.flow().local());
        } catch (IllegalArgumentException e) {
            return new InstallResult.Declined<>(DeclineReason.CHANNEL, String.valueOf(e.getMessage()));
        }
        return DeviceRxSession.install(place(target), keys, at, sink, packets);
    }

    private SessionPlace place(OffloadTarget target) {
        DeviceChannel channel = channels.computeIfAbsent(
                Thread.currentThread(), thread -> new DeviceChannel(device.nic().createQueues()));
        return new SessionPlace(device, channel, target);
    }

    /** Frees the queues. All sessions have been closed before. */
    public void close() {
        channels.values().forEach(DeviceChannel::close);
        channels.clear();
    }
}
