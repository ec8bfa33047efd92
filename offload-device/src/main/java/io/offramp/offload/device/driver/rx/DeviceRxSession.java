package io.offramp.offload.device.driver.rx;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.InstallResult;
import io.offramp.offload.InstallResult.Declined;
import io.offramp.offload.InstallResult.Installed;
import io.offramp.offload.Require;
import io.offramp.offload.RxSession;
import io.offramp.offload.RxSink;
import io.offramp.offload.SessionInfo;
import io.offramp.offload.device.driver.queue.DeviceChannel;
import io.offramp.offload.device.driver.queue.FlowWatch.Receiver;
import io.offramp.offload.device.driver.queue.PacketTemplate;
import io.offramp.offload.device.driver.rx.RecordAssembler.Work;
import io.offramp.offload.device.driver.session.SessionPlace;
import io.offramp.offload.device.hardware.packet.PacketHeader;
import io.offramp.offload.device.wire.Chance;
import io.offramp.offload.error.OffloadException;
import io.offramp.offload.error.OffloadMisuseException;
import io.offramp.offload.error.RecordAuthenticationException;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.ContentType;
import io.offramp.offload.record.RecordBoundary;
import org.jspecify.annotations.Nullable;

/**
 * Gives received bytes to the device as packets, and delivers the decrypted content in order. Software opens the
 * records that the device did not decrypt. Only software decides that a record is not authentic.
 *
 * <p>The device writes into memory of its own, so where it works inline the bytes that were received stay as they are
 * until every record of them has been delivered: a sink that exports in the middle takes the rest untouched. Where
 * engines have threads of their own, packets are under way between two calls, and there is no boundary meanwhile.
 */
public final class DeviceRxSession implements RxSession, RecordAssembler.Listener, RxBinding.Listener {
    private final SessionPlace place;
    private final DeviceChannel channel;
    private final RxSink sink;
    private final PacketTemplate packets;
    private final RecordAssembler records;
    private final PacketQueue queue;
    private final RxBinding device;
    private final @Nullable WireIngress wired;
    private final RecordBoundary start;
    private TrafficKeys keys;
    private boolean isOpen = true;
    private boolean isDraining;
    private boolean isBurstUnderWay;

    /** The buffer that {@link #receive} works on, if inline, and where in the stream it starts. */
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
        channel = place.channel();
        records = new RecordAssembler(place.allocator(), place.device().software(), keys, at.wirePosition(), this);
        start = at;
        currentPosition = at.wirePosition();
        queue = new PacketQueue(channel, this::pollLater);
        WiredRx wire = place.device().isWired()
                ? new WiredRx(place, place.device().faults(), packets, at.wirePosition(), this::onInOrder)
                : null;
        Chance chance = wire == null ? place.device().settings().chance(0) : wire.chance();
        device = new RxBinding(place, context, records, chance, this);
        wired = wire == null ? null : new WireIngress(place, wire, packets, queue, records, device);
        packets.watch().onReceiver(wire == null ? Receiver.DEVICE : Receiver.WIRE);
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
        device.onReceive();
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
                wired.receive(wire);
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
            // Behind a rekey, the device first gets the place where the next record starts.
            RxContext context = device.usable();
            if (context == null || !channel.receive().hasRoom()) {
                packets.watch().onPassedBy((int) currentPosition + at - index, wire, at, bytes);
                passBy(wire, at, bytes);
            } else {
                present(context, wire, at, bytes, (int) currentPosition + at - index);
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

    private void present(RxContext context, ByteBuf wire, int at, int bytes, int sequence) {
        ByteBuf host = place.allocator().directBuffer(bytes, bytes);
        packets.next(sequence, bytes, 0);
        packets.arrived(sequence + bytes);
        queue.append()
                .present(
                        context,
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
            if (isOpen && queue.isIdle()) {
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
                    device.onPacket(packet);
                    records.push(packet.host(), packet.hostIndex(), packet.bytes(), packet.mark());
                }
            } finally {
                queue.release(packet);
            }
        }
    }

    /** Bytes of the wire with faults, in order. */
    private void onInOrder(ByteBuf segment, int mark) {
        try {
            if (isOpen) {
                records.push(segment, segment.readerIndex(), segment.readableBytes(), mark);
            }
            device.programIfDue();
        } finally {
            segment.release();
        }
    }

    private void onAllIn() {
        records.onSettled();
        device.programIfDue();
        device.demoteIfUseless();
    }

    /** There may be a boundary again, and the sink may wait for it. */
    @Override
    public void onParamsChanged() {
        pollLater();
    }

    @Override
    public void onRecord(long position, int recordBytes, long number, Work work, boolean hasMore) {
        device.onRecord(position, recordBytes, number, work, hasMore || !queue.isEmpty());
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
    public void onUnbound(String reason) {
        sink.onDegraded(reason);
    }

    @Override
    public int bufferedBytes() {
        return records.partialBytes();
    }

    @Override
    public SessionInfo info() {
        return device.info();
    }

    @Override
    public long nextSequence() {
        return records.nextSequence();
    }

    @Override
    public @Nullable RecordBoundary boundary() {
        boolean isUnderWay = channel.isAsynchronous() && (!queue.isEmpty() || isDraining || device.isProgramming());
        return isOpen && !isUnderWay ? here() : null;
    }

    private RecordBoundary here() {
        return start.movedTo(records.position(), records.nextSequence());
    }

    @Override
    public void rekey(RecordBoundary at, TrafficKeys next) {
        Require.current(isOpen ? here() : null, at);
        Require.successor(keys, next);
        boolean hasDek = device.renew(next);
        records.rekey(next);
        keys.destroy();
        keys = next;
        place.counters().rxRekeyed.increment();
        if (!hasDek) {
            device.unbind("device has no DEK left for the next key");
            return;
        }
        device.onRekeyed();
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
        packets.watch().onReceiver(Receiver.NONE);
        device.close();
        records.close();
        keys.destroy();
        if (wired != null) {
            wired.close();
            // What the device still holds.
            channel.closeMerge();
        }
        drain();
        place.counters().rxCurrent.decrement();
    }
}
