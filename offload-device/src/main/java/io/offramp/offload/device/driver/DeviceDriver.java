package io.offramp.offload.device.driver;

import io.netty.channel.EventLoop;
import io.offramp.offload.DeclineReason;
import io.offramp.offload.InstallResult;
import io.offramp.offload.OffloadTarget;
import io.offramp.offload.RxSession;
import io.offramp.offload.RxSink;
import io.offramp.offload.TxSession;
import io.offramp.offload.TxSink;
import io.offramp.offload.device.driver.queue.DeviceChannel;
import io.offramp.offload.device.driver.queue.FlowTemplates;
import io.offramp.offload.device.driver.queue.PacketTemplate;
import io.offramp.offload.device.driver.rx.DeviceRxSession;
import io.offramp.offload.device.driver.session.DeviceResources;
import io.offramp.offload.device.driver.session.SessionPlace;
import io.offramp.offload.device.driver.tx.DeviceTxSession;
import io.offramp.offload.device.hardware.engine.QueueSet;
import io.offramp.offload.device.hardware.queue.Merging;
import io.offramp.offload.device.hardware.queue.ReceiveQueues;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.Direction;
import io.offramp.offload.record.RecordBoundary;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Installs sessions on the device. Thread-safe. */
public final class DeviceDriver {
    private static final int WATCH_SECONDS = 1;

    private final DeviceResources device;
    private final @Nullable BiConsumer<EventLoop, Runnable> interrupts;
    private final Consumer<QueueSet> onQueues;
    // Looked up at installs only: a session keeps its channel.
    private final ConcurrentHashMap<Thread, DeviceChannel> channels = new ConcurrentHashMap<>();
    private volatile int receiveQueues;
    private volatile Merging merging;

    /**
     * A driver for one device.
     *
     * @param device what all sessions share
     * @param interrupts runs a task on an event loop, called from threads of the device; null for the loop itself
     * @param onQueues takes each set of queues before it is used
     */
    public DeviceDriver(
            DeviceResources device, @Nullable BiConsumer<EventLoop, Runnable> interrupts, Consumer<QueueSet> onQueues) {
        this.device = device;
        this.interrupts = interrupts;
        this.onQueues = onQueues;
        receiveQueues = device.settings().receiveQueues();
        merging = device.settings().merging();
    }

    /** RQs of each event loop, once all of them have seen the last change. Called from any thread. */
    public int receiveQueues() {
        return receiveQueues;
    }

    /**
     * Changes the number of RQs of each event loop, as {@code ethtool -L} does. Sessions live on. Called from any
     * thread.
     *
     * @param count 1 to {@link ReceiveQueues#MAX_QUEUES}
     */
    public synchronized void resize(int count) {
        receiveQueues = count;
        channels.values().forEach(channel -> channel.resizeSoon(count));
    }

    /** True where packets that come in are merged. Called from any thread. */
    public boolean isMerging() {
        return merging.isOn();
    }

    /** Turns LRO on or off, as {@code ethtool -K lro} does, with the size and time that it began with. Any thread. */
    public synchronized void merge(boolean isOn) {
        merging = merging.turned(isOn);
        channels.values().forEach(channel -> channel.merge(merging));
    }

    /** Queues of the calling event loop; null before its first install. */
    public @Nullable DeviceChannel channel() {
        return channels.get(Thread.currentThread());
    }

    /** Counters of each queue, by the names of {@code ethtool -S}. Called from any thread. */
    public Map<String, Long> queueStatistics() {
        return QueueReports.statistics(owned());
    }

    /** A report on the health of each queue. Called from any thread. */
    public String health() {
        return QueueReports.health(owned());
    }

    /** How many times a queue that had failed was reset, all send queues or all others. */
    public long recoveries(Direction direction) {
        return owned().stream()
                .map(QueueReports.Owned::channel)
                .mapToLong(channel -> direction == Direction.TX
                        ? channel.send().health().recoveries()
                        : channel.control().health().recoveries()
                                + channel.receive().health().recoveries())
                .sum();
    }

    private List<QueueReports.Owned> owned() {
        return channels.entrySet().stream()
                .map(entry -> new QueueReports.Owned(entry.getKey().getName(), entry.getValue()))
                .sorted(Comparator.comparing(QueueReports.Owned::owner))
                .toList();
    }

    /** Waits until the device has nothing under way for the calling event loop, and takes the completions. */
    public void settle() {
        DeviceChannel channel = channel();
        if (channel != null) {
            channel.settle();
        }
    }

    /** Installs TX for keys that the device can take, on the event loop. */
    public InstallResult<TxSession> installTx(OffloadTarget target, TrafficKeys keys, RecordBoundary at, TxSink sink) {
        PacketTemplate packets;
        try {
            packets = FlowTemplates.of(target).outgoing();
        } catch (IllegalArgumentException e) {
            return new InstallResult.Declined<>(DeclineReason.CHANNEL, String.valueOf(e.getMessage()));
        }
        InstallResult<TxSession> result = DeviceTxSession.install(place(target), keys, at, sink, packets);
        device.tises().refill(target.channel().eventLoop());
        return result;
    }

    /** Installs RX for keys that the device can take, on the event loop. */
    public InstallResult<RxSession> installRx(OffloadTarget target, TrafficKeys keys, RecordBoundary at, RxSink sink) {
        PacketTemplate packets;
        try {
            packets = FlowTemplates.of(target).incoming();
        } catch (IllegalArgumentException e) {
            return new InstallResult.Declined<>(DeclineReason.CHANNEL, String.valueOf(e.getMessage()));
        }
        return DeviceRxSession.install(place(target), keys, at, sink, packets);
    }

    private SessionPlace place(OffloadTarget target) {
        DeviceChannel channel = channel();
        return new SessionPlace(device, channel == null ? open(target) : channel, target);
    }

    private synchronized DeviceChannel open(OffloadTarget target) {
        QueueSet queues = device.nic().createQueues(receiveQueues);
        queues.moderate(device.settings().moderation());
        queues.merge(merging);
        onQueues.accept(queues);
        DeviceChannel channel = new DeviceChannel(queues, device.isWired(), loopOf(target));
        channels.put(Thread.currentThread(), channel);
        if (channel.isAsynchronous() && interrupts == null) {
            Future<?> watch = target.channel()
                    .eventLoop()
                    .scheduleWithFixedDelay(channel::watch, WATCH_SECONDS, WATCH_SECONDS, TimeUnit.SECONDS);
            channel.onClose(() -> watch.cancel(false));
        }
        return channel;
    }

    private Executor loopOf(OffloadTarget target) {
        EventLoop loop = target.channel().eventLoop();
        return interrupts == null ? loop : task -> interrupts.accept(loop, task);
    }

    /** Frees the queues. All sessions have been closed before. */
    public void close() {
        channels.values().forEach(DeviceChannel::close);
        channels.clear();
    }
}
