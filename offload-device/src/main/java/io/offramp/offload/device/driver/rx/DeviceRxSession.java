package io.offramp.offload.device.driver.rx;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.offramp.offload.InstallResult;
import io.offramp.offload.InstallResult.Declined;
import io.offramp.offload.InstallResult.Installed;
import io.offramp.offload.RxSession;
import io.offramp.offload.RxSink;
import io.offramp.offload.SessionInfo;
import io.offramp.offload.aead.record.Require;
import io.offramp.offload.device.driver.queue.PacketTemplate;
import io.offramp.offload.device.driver.rx.RecordAssembler.Work;
import io.offramp.offload.device.driver.session.LiveSession;
import io.offramp.offload.device.driver.session.SessionPlace;
import io.offramp.offload.device.hardware.packet.PacketHeader;
import io.offramp.offload.device.hardware.queue.TlsOffload;
import io.offramp.offload.device.wire.Chance;
import io.offramp.offload.device.wire.Faults;
import io.offramp.offload.error.OffloadException;
import io.offramp.offload.error.OffloadMisuseException;
import io.offramp.offload.error.RecordAuthenticationException;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.ContentType;
import io.offramp.offload.record.Direction;
import io.offramp.offload.record.RecordBoundary;
import org.jspecify.annotations.Nullable;

/**
 * Presents what was received to the device as packets and delivers what it decrypted. What the device did not decrypt is
 * opened in software; only software's word makes an authentication failure.
 *
 * <p>The device writes into memory of its own, so the bytes that were received stay as they are until every record of
 * them has been delivered: a sink that exports in the middle takes the rest untouched.
 */
public final class DeviceRxSession implements RxSession, LiveSession, RecordAssembler.Listener {
    private final SessionPlace place;
    private final RxSink sink;
    private final PacketReceiver receiver;
    private final PacketTemplate packets;
    private final RecordAssembler records;
    private final @Nullable WiredRx wired;
    private TrafficKeys keys;
    private boolean isOpen = true;

    private @Nullable RxContext context;
    private final RxResync resync;
    private boolean isRenewed;
    private int undecryptedInARow;
    private String softwareReason = "";

    /** What {@link #receive} works on, while it does, and where in the stream it starts. */
    private @Nullable ByteBuf current;
    private int currentIndex;
    private long currentPosition;

    private DeviceRxSession(
            SessionPlace place, TrafficKeys keys, RecordBoundary at, RxSink sink, PacketTemplate packets,
            RxContext context) {
        this.place = place;
        this.keys = keys;
        this.sink = sink;
        this.packets = packets;
        this.context = context;
        receiver = new PacketReceiver(place);
        records = new RecordAssembler(
                place.allocator(), place.device().software(), keys, at.wirePosition(), this);
        currentPosition = at.wirePosition();
        Faults faults = place.device().faults();
        wired = place.device().isWired()
                ? new WiredRx(place, faults, packets, at.wirePosition(), this::onInOrder)
                : null;
        Chance chance = wired == null ? new Chance(faults.seed(), 0) : wired.chance();
        resync = place.device().settings().resyncByHint() ? new HintResync(context) : new AsyncResync(place, context, chance);
        place.device().live().add(this);
        place.counters().rxCurrent.increment();
        place.counters().rxInstalled.increment();
    }

    /**
     * Takes what a session needs from the device, or nothing.
     *
     * @param packets header of the packets that come in; the session's if installed
     */
    public static InstallResult<RxSession> install(
            SessionPlace place, TrafficKeys keys, RecordBoundary at, RxSink sink, PacketTemplate packets) {
        int sequence = (int) at.wirePosition() + place.device().faults().sequence();
        return switch (RxContext.open(place, packets.flow(), keys, sequence)) {
            case Declined<RxContext>(var reason, var detail) -> new Declined<>(reason, detail);
            case Installed<RxContext>(var context) ->
                    new Installed<>(new DeviceRxSession(place, keys, at, sink, packets, context));
        };
    }

    @Override
    public void receive(ByteBuf wire) {
        if (!isOpen) {
            wire.release();
            return;
        }
        if (current != null) {
            wire.release();
            throw new OffloadMisuseException("receive from inside a sink of the same session, direction=RX");
        }
        current = wire;
        currentIndex = wire.readerIndex();
        int bytes = wire.readableBytes();
        try {
            if (wired == null) {
                receivePackets(wire);
            } else {
                wired.receive(wire, this::onPacket);
            }
            if (isOpen) {
                currentPosition += bytes;
                onAllIn();
            }
        } catch (Throwable thrown) {
            // A sink that throws has broken the stream: what lies behind its record is lost.
            close();
            throw thrown;
        } finally {
            // An export from inside the sink has taken it.
            if (current != null) {
                current = null;
                wire.release();
            }
        }
    }

    private void receivePackets(ByteBuf wire) {
        int end = wire.writerIndex();
        for (int at = currentIndex; at < end && isOpen; ) {
            int bytes = Math.min(end - at, PacketHeader.MAX_PAYLOAD_BYTES);
            if (context == null || isRenewed) {
                // Behind a rekey in the same read, the device does not know yet where the next record starts.
                records.push(wire, at, bytes, DecryptedRuns.ENCRYPTED);
            } else {
                receivePacket(wire, at, bytes);
            }
            at += bytes;
        }
    }

    private void receivePacket(ByteBuf wire, int at, int bytes) {
        ByteBuf host = place.allocator().directBuffer(bytes, bytes);
        try {
            int sequence = (int) currentPosition + at - currentIndex;
            packets.sequence(sequence);
            TlsOffload result = receiver.receive(packets.header(), packets.headerBytes(), wire, at, bytes, host);
            if (result == TlsOffload.RESYNC) {
                resync.onRequest(sequence, bytes);
            }
            records.push(host, 0, bytes, mark(result));
        } finally {
            host.release();
        }
    }

    /** A packet of the wire with faults. */
    private void onPacket(ByteBuf header, ByteBuf payload) {
        WiredRx wire = wired;
        int bytes = payload.readableBytes();
        ByteBuf host = place.allocator().directBuffer(bytes, bytes).writerIndex(bytes);
        int headerBytes = header.readableBytes();
        int epoch = records.epoch();
        TlsOffload result = receiver.receive(header, headerBytes, payload, 0, bytes, host);
        if (!receiver.isIntact() || wire == null) {
            place.counters().rxChecksumErrors.increment();
            host.release();
            return;
        }
        if (result == TlsOffload.RESYNC && context != null) {
            resync.onRequest(PacketHeader.tcpSequence(header, 0, headerBytes), bytes);
        }
        wire.accept(header, host, result == TlsOffload.DECRYPTED ? epoch : DecryptedRuns.ENCRYPTED);
    }

    /** Bytes of the wire with faults, in order. */
    private void onInOrder(ByteBuf segment, int mark) {
        try {
            if (isOpen) {
                records.push(segment, segment.readerIndex(), segment.readableBytes(), mark);
            }
            if (isRenewed) {
                programRenewed();
            }
        } finally {
            segment.release();
        }
    }

    private int mark(TlsOffload result) {
        return result == TlsOffload.DECRYPTED ? records.epoch() : DecryptedRuns.ENCRYPTED;
    }

    private void onAllIn() {
        records.onSettled();
        if (isRenewed) {
            programRenewed();
        }
        if (undecryptedInARow > place.device().settings().demoteAfter()) {
            degrade("device left " + undecryptedInARow + " records in a row to the host");
        }
    }

    /** Tells the device, which has a new key, where the first record starts that it can decrypt as a whole. */
    private void programRenewed() {
        isRenewed = false;
        if (context == null) {
            return;
        }
        long start = records.position();
        int skipped = records.partialRecordBytes();
        int sequence = (int) (start + skipped) + place.device().faults().sequence();
        resync.onProgrammed();
        if (!context.programRenewed(records.nextSequence() + (skipped > 0 ? 1 : 0), sequence)) {
            degrade("device does not take the next key");
        }
    }

    @Override
    public void onRecord(long position, int recordBytes, long number, Work work, boolean hasMore) {
        if (context == null) {
            return;
        }
        switch (work) {
            case DEVICE -> undecryptedInARow = 0;
            case HOST -> {
                undecryptedInARow++;
                place.counters().rxSoftwareRecords.increment();
            }
            case MIXED -> {
                place.counters().rxMixedRecords.increment();
                place.counters().rxSoftwareRecords.increment();
            }
        }
        resync.onRecord((int) position + place.device().faults().sequence(), recordBytes, number, work, hasMore);
    }

    @Override
    public void onContent(ContentType type, ByteBuf content) {
        if (type == ContentType.APPLICATION_DATA) {
            sink.onData(content);
        } else {
            sink.onControl(type, content, here());
        }
    }

    @Override
    public void onFault(OffloadException fault) {
        if (fault instanceof RecordAuthenticationException) {
            place.counters().decryptErrors.increment();
        }
        close();
        sink.onFault(fault);
    }

    @Override
    public EventLoop eventLoop() {
        return place.eventLoop();
    }

    @Override
    public void onDeviceDown() {
        degrade("device is down");
    }

    private void degrade(String reason) {
        if (context == null) {
            return;
        }
        releaseContext();
        softwareReason = reason;
        place.counters().rxDegraded.increment();
        sink.onDegraded(reason);
    }

    private void releaseContext() {
        if (context != null) {
            resync.close();
            context.close();
            context = null;
            place.device().live().remove(this);
        }
    }

    @Override
    public int bufferedBytes() {
        return records.partialBytes();
    }

    @Override
    public SessionInfo info() {
        return place.info(context, softwareReason);
    }

    @Override
    public long nextSequence() {
        return records.nextSequence();
    }

    @Override
    public @Nullable RecordBoundary boundary() {
        return isOpen ? here() : null;
    }

    private RecordBoundary here() {
        return new RecordBoundary(Direction.RX, records.position(), records.nextSequence());
    }

    @Override
    public void rekey(RecordBoundary at, TrafficKeys next) {
        Require.current(boundary(), at);
        Require.successor(keys, next);
        if (isRenewed) {
            // A second one before the device was told of the first.
            programRenewed();
        }
        boolean hasDek = context == null || context.renew(next);
        records.rekey(next);
        keys.destroy();
        keys = next;
        place.counters().rxRekeyed.increment();
        if (!hasDek) {
            degrade("device has no DEK left for the next key");
        } else {
            isRenewed = context != null;
            if (current == null) {
                records.onSettled();
                programRenewed();
            }
        }
    }

    @Override
    public Export export(RecordBoundary at) {
        Require.current(boundary(), at);
        TrafficKeys exported = keys.copyAt(records.nextSequence());
        ByteBuf pending = current == null
                ? records.takePartial()
                : current.readerIndex(currentIndex + (int) (records.position() - currentPosition));
        current = null;
        close();
        return new Export(exported, pending);
    }

    @Override
    public void close() {
        if (!isOpen) {
            return;
        }
        isOpen = false;
        releaseContext();
        records.close();
        keys.destroy();
        if (wired != null) {
            wired.close();
        }
        place.counters().rxCurrent.decrement();
    }
}
