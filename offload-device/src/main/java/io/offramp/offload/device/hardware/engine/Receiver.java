package io.offramp.offload.device.hardware.engine;

import io.netty.buffer.ByteBuf;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import io.offramp.offload.device.hardware.context.ContextCache;
import io.offramp.offload.device.hardware.context.ContextTable;
import io.offramp.offload.device.hardware.context.TlsContext;
import io.offramp.offload.device.hardware.packet.Checksums;
import io.offramp.offload.device.hardware.packet.FlowKey;
import io.offramp.offload.device.hardware.packet.PacketHeader;
import io.offramp.offload.device.hardware.queue.DataSegment;
import io.offramp.offload.device.hardware.queue.MemoryRegions;
import io.offramp.offload.device.hardware.queue.QueueState;
import io.offramp.offload.device.hardware.queue.ReceiveQueue;
import io.offramp.offload.device.hardware.queue.ReceiveQueues;
import io.offramp.offload.device.hardware.queue.TlsOffload;
import io.offramp.offload.device.hardware.queue.WorkQueue;
import io.offramp.offload.device.hardware.steering.PlainTirs;
import io.offramp.offload.device.hardware.steering.Steering;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The way of a packet from the wire: a rule or the default entry leads it to a TIR, which decrypts it or not, and
 * chooses the RQ. Confined to the thread that works on the channel's queues.
 */
final class Receiver {
    private static final InternalLogger LOG = InternalLoggerFactory.getInstance(Receiver.class);

    private final ReceiveQueues queues;
    private final MemoryRegions regions;
    private final Steering steering;
    private final ContextTable tirs;
    private final PlainTirs plainTirs;
    private final ContextCache cache;
    private final BooleanSupplier isUp;
    private final RxEngine engine;
    private final FlowKey flow = new FlowKey();
    private final Merger merger = new Merger();
    private boolean hasChecksums = true;
    private boolean failsNext;
    private long bytesReceived;
    private @Nullable QueueObserver observer;

    Receiver(
            ReceiveQueues queues,
            MemoryRegions regions,
            Steering steering,
            ContextTable tirs,
            PlainTirs plainTirs,
            ContextCache cache,
            BooleanSupplier isUp,
            RxEngine engine) {
        this.queues = queues;
        this.regions = regions;
        this.steering = steering;
        this.tirs = tirs;
        this.plainTirs = plainTirs;
        this.cache = cache;
        this.isUp = isUp;
        this.engine = engine;
    }

    /** Whether packets that come in have a TCP checksum. */
    void hasChecksums(boolean newHasChecksums) {
        hasChecksums = newHasChecksums;
    }

    /** Makes the RQ of the next packet fail with it. */
    void failNext() {
        failsNext = true;
    }

    /** Who sees packets; null for nobody. */
    void observer(QueueObserver newObserver) {
        observer = newObserver;
    }

    /** Merges packets. */
    Merger merger() {
        return merger;
    }

    /** True where the wire is a model's, on which a packet may wait for the next one. */
    boolean hasChecksums() {
        return hasChecksums;
    }

    /** Payload of all packets so far. */
    long bytesReceived() {
        return bytesReceived;
    }

    /** Takes a packet; false if it was dropped, as {@link QueueSet#receive} says. */
    boolean take(ByteBuf header, int headerBytes, ByteBuf wire, int index, int bytes) {
        WorkQueue memory = queues.memory();
        memory.fetch();
        if (memory.waiting() == 0) {
            return false;
        }
        int entry = memory.consumer();
        int at = memory.offset(entry);
        ByteBuf ring = memory.memory();
        long address = DataSegment.address(ring, at);
        memory.consume(1);
        ByteBuf host = regions.resolve(DataSegment.lkey(ring, at), address, bytes);
        if (host == null || DataSegment.byteCount(ring, at) < bytes) {
            return false;
        }
        boolean isIntact = !hasChecksums || Checksums.verify(header, headerBytes, wire, index, bytes);
        int tir = steer(header, headerBytes);
        TlsContext context = tirs.get(tir);
        int queue = context == null ? -1 : queues.indexOf(context.receiveQueue());
        if (queue < 0) {
            // Of no TLS TIR of this channel.
            queue = plainTirs.queueOf(tir, flow);
            context = null;
        }
        if (context != null) {
            cache.touchTir(tir);
        }
        ReceiveQueue target = queues.all().get(queue);
        if (failsNext || target.state() == QueueState.ERROR) {
            failsNext = false;
            merger.close();
            target.onError(entry);
            return true;
        }
        QueueObserver watching = observer;
        if (watching != null) {
            watching.beforePacket(context);
        }
        TlsOffload tls = isIntact && isUp.getAsBoolean() && context != null
                ? decrypt(context, header, wire, index, bytes, host, (int) address)
                : pass(wire, index, bytes, host, (int) address);
        if (watching != null) {
            watching.afterPacket(
                    header, headerBytes, host, (int) address, bytes, target.number(), isIntact, tls, context);
        }
        merger.onPacket(target, header, flow, entry, bytes, isIntact, tls);
        bytesReceived += bytes;
        return true;
    }

    private int steer(ByteBuf header, int headerBytes) {
        if (!PacketHeader.isValid(header, 0, headerBytes)) {
            return plainTirs.direct(0);
        }
        flow.read(header, 0);
        return steering.tableOf(flow).lookup(flow);
    }

    private TlsOffload decrypt(
            TlsContext context, ByteBuf header, ByteBuf wire, int index, int bytes, ByteBuf host, int hostIndex) {
        int sequence = PacketHeader.tcpSequence(header, 0);
        try {
            return engine.receive(context, sequence, wire, index, bytes, host, hostIndex);
        } catch (Throwable e) {
            LOG.error("packet of queue {} failed", context.receiveQueue(), e);
            context.lose();
            return pass(wire, index, bytes, host, hostIndex);
        }
    }

    private static TlsOffload pass(ByteBuf wire, int index, int bytes, ByteBuf host, int hostIndex) {
        host.setBytes(hostIndex, wire, index, bytes);
        return TlsOffload.NOT_DECRYPTED;
    }
}
