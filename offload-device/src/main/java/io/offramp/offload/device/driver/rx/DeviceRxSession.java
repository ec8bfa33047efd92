package io.offramp.offload.device.driver.rx;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.offramp.offload.InstallResult;
import io.offramp.offload.InstallResult.Declined;
import io.offramp.offload.InstallResult.Installed;
import io.offramp.offload.Require;
import io.offramp.offload.RxSession;
import io.offramp.offload.RxSink;
import io.offramp.offload.SessionInfo;
import io.offramp.offload.device.driver.queue.DeviceChannel;
import io.offramp.offload.device.driver.queue.PacketTemplate;
import io.offramp.offload.device.driver.rx.RecordAssembler.Work;
import io.offramp.offload.device.driver.session.LiveSession;
import io.offramp.offload.device.driver.session.SessionPlace;
import io.offramp.offload.device.hardware.packet.PacketHeader;
import io.offramp.offload.device.hardware.packet.TcpChecksum;
import io.offramp.offload.device.hardware.queue.TlsOffload;
import io.offramp.offload.device.wire.Chance;
import io.offramp.offload.error.OffloadException;
import io.offramp.offload.error.OffloadMisuseException;
import io.offramp.offload.error.RecordAuthenticationException;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.ContentType;
import io.offramp.offload.record.RecordBoundary;
import org.jspecify.annotations.Nullable;

/**
 * Presents what was received to the device as packets and delivers what it decrypted, in order. What the device did not
 * decrypt is opened in software; only software's word makes an authentication failure.
 *
 * <p>The device writes into memory of its own, so where it works inline the bytes that were received stay as they are
 * until every record of them has been delivered: a sink that exports in the middle takes the rest untouched. Where
 * engines have threads of their own, packets are under way between two calls, and there is no boundary meanwhile.
 */
public final class DeviceRxSession implements RxSession, LiveSession, RecordAssembler.Listener {
    private final SessionPlace place;
    private final DeviceChannel channel;
    private final RxSink sink;
    private final PacketTemplate packets;
    private final RecordAssembler records;
    private final @Nullable WiredRx wired;
    private final RxResync resync;
    private final RecordBoundary start;
    private TrafficKeys keys;
    private boolean isOpen = true;

    private @Nullable RxContext context;
    private final RxParams params = new RxParams();
    private int undecryptedInARow;
    private String softwareReason = "";

    private final PacketQueue queue = new PacketQueue(this);
    private int underWay;
    private boolean isDraining;
    private boolean isBurstUnderWay;

    /** What {@link #receive} works on, while it does inline, and where in the stream it starts. */
    private @Nullable ByteBuf current;

    private int currentIndex;
    private long currentPosition;

    private DeviceRxSession(
            SessionPlace place,
            TrafficKeys keys,
            RecordBoundary at,
            RxSink sink,
            PacketTemplate packets,
            RxContext context) {
        this.place = place;
        this.keys = keys;
        this.sink = sink;
        this.packets = packets;
        this.context = context;
        channel = place.channel();
        records = new RecordAssembler(place.allocator(), place.device().software(), keys, at.wirePosition(), this);
        start = at;
        currentPosition = at.wirePosition();
        wired = place.device().isWired()
                ? new WiredRx(place, place.device().faults(), packets, at.wirePosition(), this::onInOrder)
                : null;
        Chance chance = wired == null ? place.device().settings().chance(0) : wired.chance();
        resync = place.device().settings().resyncByHint()
                ? new HintResync(context)
                : new AsyncResync(place, context, chance);
        context.whenRefused(this::onRefused);
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
        if (current != null || isDraining) {
            wire.release();
            throw new OffloadMisuseException("receive from inside a sink of the same session, direction=RX");
        }
        params.onReceive();
        if (channel.isAsynchronous()) {
            receiveLater(wire);
            return;
        }
        current = wire;
        currentIndex = wire.readerIndex();
        int bytes = wire.readableBytes();
        try {
            if (wired == null) {
                receivePackets(wire, currentIndex);
            } else {
                wired.receive(wire, this::onWirePacket);
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

    private void receiveLater(ByteBuf wire) {
        try {
            receivePackets(wire, wire.readerIndex());
            currentPosition += wire.readableBytes();
            if (isOpen && queue.isEmpty()) {
                onAllIn();
            }
        } catch (Throwable thrown) {
            close();
            throw thrown;
        } finally {
            isDraining = false;
            wire.release();
        }
    }

    private void receivePackets(ByteBuf wire, int index) {
        int end = wire.writerIndex();
        for (int at = index; at < end && isOpen; ) {
            int bytes = packetBytes(wire, at, end - at);
            // Behind a rekey, the device is told first where the next record starts.
            RxContext device = context;
            if (device == null || !params.areInEffect() || !channel.receive().hasRoom()) {
                passBy(wire, at, bytes);
            } else {
                present(device, wire, at, bytes, (int) currentPosition + at - index);
            }
            at += bytes;
        }
    }

    /**
     * A read that is more than a packet is cut behind a record, where one is known to end: whole ones are dealt with
     * best.
     */
    private int packetBytes(ByteBuf wire, int at, int bytes) {
        if (bytes <= PacketHeader.MAX_PAYLOAD_BYTES) {
            return bytes;
        }
        int ended = queue.isEmpty() ? records.endWithin(wire, at, bytes, PacketHeader.MAX_PAYLOAD_BYTES) : 0;
        return ended == 0 ? PacketHeader.MAX_PAYLOAD_BYTES : ended;
    }

    private void passBy(ByteBuf wire, int at, int bytes) {
        if (queue.isEmpty()) {
            isDraining = channel.isAsynchronous();
            records.push(wire, at, bytes, DecryptedRuns.ENCRYPTED);
            isDraining = false;
        } else {
            queue.append().pass(wire, at, bytes);
        }
    }

    private void present(RxContext device, ByteBuf wire, int at, int bytes, int sequence) {
        ByteBuf host = place.allocator().directBuffer(bytes, bytes);
        packets.sequence(sequence);
        underWay++;
        queue.append()
                .present(
                        device,
                        channel,
                        packets.header(),
                        packets.headerBytes(),
                        wire,
                        at,
                        bytes,
                        host,
                        sequence,
                        records.epoch());
        if (!channel.isAsynchronous()) {
            channel.receive().poll();
            drain();
        }
    }

    /** A packet has gone through the device. */
    void onPacketDone(int hostKey) {
        underWay--;
        channel.regions().unmap(hostKey);
        pollLater();
    }

    private void pollLater() {
        if (channel.isAsynchronous() && !isBurstUnderWay) {
            isBurstUnderWay = true;
            channel.afterPoll(this::onPolled);
        }
    }

    /** Completions have come outside of a call: delivers what is in order now. */
    private void onPolled() {
        isBurstUnderWay = false;
        isDraining = true;
        try {
            drain();
            if (isOpen && underWay == 0) {
                onAllIn();
            }
        } catch (Throwable thrown) {
            close();
            throw thrown;
        } finally {
            isDraining = false;
        }
        if (isOpen) {
            sink.onBurstEnd();
        }
    }

    private void drain() {
        for (RxPacket packet = queue.pollDone(); packet != null; packet = queue.pollDone()) {
            try {
                if (isOpen) {
                    packet.count(place.counters());
                    ask(packet);
                    records.push(packet.host(), packet.hostIndex(), packet.bytes(), packet.mark());
                }
            } finally {
                queue.release(packet);
            }
        }
    }

    private void ask(RxPacket packet) {
        if (packet.result() == TlsOffload.RESYNC && context != null) {
            resync.onRequest(packet.sequence(), packet.bytes());
        }
    }

    /** A packet of the wire with faults: its payload is put in order, with what the device said of it. */
    private void onWirePacket(ByteBuf header, ByteBuf payload) {
        WiredRx wire = wired;
        int bytes = payload.readableBytes();
        if (wire == null || bytes == 0) {
            return;
        }
        int headerBytes = header.readableBytes();
        RxContext device = context;
        if (device == null || !params.areInEffect()) {
            // Past the device, which might decrypt it with a key that is not the right one any more.
            boolean isIntact = TcpChecksum.verify(header, headerBytes, payload, 0, bytes);
            accept(wire, isIntact, header, payload, DecryptedRuns.ENCRYPTED);
            return;
        }
        ByteBuf host = place.allocator().directBuffer(bytes, bytes).writerIndex(bytes);
        int sequence = PacketHeader.tcpSequence(header, 0, headerBytes);
        RxPacket packet = queue.take();
        underWay++;
        packet.present(device, channel, header, headerBytes, payload, 0, bytes, host, sequence, records.epoch());
        channel.receive().poll();
        packet.count(place.counters());
        if (packet.isIntact()) {
            ask(packet);
        }
        accept(wire, packet.isIntact(), header, host, packet.mark());
        queue.release(packet);
    }

    private void accept(WiredRx wire, boolean isIntact, ByteBuf header, ByteBuf payload, int mark) {
        if (isIntact) {
            wire.accept(header, payload.retain(), mark);
        } else {
            place.counters().rxChecksumErrors.increment();
        }
    }

    /** Bytes of the wire with faults, in order. */
    private void onInOrder(ByteBuf segment, int mark) {
        try {
            if (isOpen) {
                records.push(segment, segment.readerIndex(), segment.readableBytes(), mark);
            }
            programIfDue();
        } finally {
            segment.release();
        }
    }

    private void onAllIn() {
        records.onSettled();
        programIfDue();
        if (undecryptedInARow > place.device().settings().demoteAfter()) {
            degrade("device left " + undecryptedInARow + " records in a row to the host");
        }
    }

    /**
     * Tells the device, which has a new key or has lost the old one, where the first record starts that it can decrypt.
     */
    private void programIfDue() {
        RxContext device = context;
        if (device == null || !params.areDue() || !device.canProgram()) {
            return;
        }
        int skipped = records.partialRecordBytes();
        int sequence =
                (int) (records.position() + skipped) + place.device().faults().sequence();
        resync.onProgrammed();
        params.onPosted();
        device.program(records.nextSequence() + (skipped > 0 ? 1 : 0), sequence, this::onProgrammed);
    }

    private void onProgrammed(boolean isLoaded) {
        boolean isHopeless = params.onProgrammed(isLoaded);
        // There is a boundary again, for which somebody may be waiting.
        pollLater();
        if (isHopeless) {
            degrade("device has refused its params " + RxParams.MOST_REFUSALS + " times in a row");
        }
    }

    /** What the device was told outside of a programming it has not taken, and it has forgotten all. */
    private void onRefused() {
        params.onLost();
        pollLater();
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
        if (params.areInEffect()) {
            int sequence = (int) position + place.device().faults().sequence();
            resync.onRecord(sequence, recordBytes, number, work, hasMore || !queue.isEmpty());
        }
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
        if (context == null || !isOpen) {
            return;
        }
        releaseContext();
        softwareReason = reason;
        place.counters().rxDegraded.increment();
        sink.onDegraded(reason);
    }

    private void releaseContext() {
        RxContext released = context;
        if (released == null) {
            return;
        }
        context = null;
        params.onGone();
        resync.close();
        place.device().live().remove(this);
        released.close();
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
        boolean isUnderWay = channel.isAsynchronous() && (!queue.isEmpty() || isDraining || params.areUnderWay());
        return isOpen && !isUnderWay ? here() : null;
    }

    private RecordBoundary here() {
        return start.movedTo(records.position(), records.nextSequence());
    }

    @Override
    public void rekey(RecordBoundary at, TrafficKeys next) {
        Require.current(isOpen ? here() : null, at);
        Require.successor(keys, next);
        boolean hasDek = context == null || context.renew(next);
        records.rekey(next);
        keys.destroy();
        keys = next;
        place.counters().rxRekeyed.increment();
        if (!hasDek) {
            degrade("device has no DEK left for the next key");
            return;
        }
        if (context != null) {
            params.onLost();
        }
        if (current == null && queue.isEmpty() && !isDraining) {
            onAllIn();
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
        drain();
        place.counters().rxCurrent.decrement();
    }
}
