package io.offramp.offload.device.driver.tx;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.offramp.offload.InstallResult;
import io.offramp.offload.InstallResult.Declined;
import io.offramp.offload.InstallResult.Installed;
import io.offramp.offload.Require;
import io.offramp.offload.SessionInfo;
import io.offramp.offload.TxSession;
import io.offramp.offload.TxSink;
import io.offramp.offload.aead.record.RecordSealer;
import io.offramp.offload.device.driver.queue.PacketTemplate;
import io.offramp.offload.device.driver.queue.SendRing;
import io.offramp.offload.device.driver.session.LiveSession;
import io.offramp.offload.device.driver.session.SessionPlace;
import io.offramp.offload.device.hardware.queue.MemoryRegions;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.ContentType;
import io.offramp.offload.record.RecordBoundary;
import io.offramp.offload.record.RecordFormat;
import org.jspecify.annotations.Nullable;

/**
 * Posts records in plaintext to the device and passes on what it encrypted, in the order of the calls. Where the device
 * fails, the same records are made in software, byte for byte, and the device is told its position anew; where it fails
 * again and again, or is down, the session goes on in software for good.
 */
public final class DeviceTxSession implements TxSession, LiveSession {
    /** Failures in a row before a session gives the device back. Sends that fail behind the first do not count. */
    static final int MOST_FAILURES = 16;

    private final SessionPlace place;
    private final TxSink sink;
    private final RecordFormat format;
    private final RecordPoster poster;
    private final PacketTemplate packets;
    private final @Nullable WiredTx wired;
    private final RecordBoundary start;
    private TxEpoch epoch;
    private long nextSequence;
    private long wirePosition;
    private int emittedSequence;
    private boolean isOpen = true;

    private @Nullable TxContext context;
    private @Nullable RecordSealer software;
    private String softwareReason = "";
    private int underWay;
    private int failuresInARow;

    private @Nullable TxMessage first;
    private @Nullable TxMessage last;
    private @Nullable TxMessage spare;
    private boolean isCalled;
    private boolean isBurstUnderWay;

    private DeviceTxSession(
            SessionPlace place,
            TrafficKeys keys,
            RecordBoundary at,
            TxSink sink,
            PacketTemplate packets,
            TxContext context) {
        this.place = place;
        this.sink = sink;
        this.context = context;
        epoch = new TxEpoch(keys);
        format = keys.format();
        this.packets = packets;
        poster = new RecordPoster(place.channel(), format, packets);
        wired = place.device().isWired()
                ? new WiredTx(place, place.device().faults(), packets, keys, at.wirePosition())
                : null;
        start = at;
        nextSequence = at.nextSequence();
        wirePosition = at.wirePosition();
        emittedSequence = (int) wirePosition;
        packets.watch().onSender();
        place.device().live().add(this);
        place.counters().txCurrent.increment();
        place.counters().txInstalled.increment();
    }

    /**
     * Takes what a session needs from the device, or nothing.
     *
     * @param packets header of the packets that go out; the session's if installed
     */
    public static InstallResult<TxSession> install(
            SessionPlace place, TrafficKeys keys, RecordBoundary at, TxSink sink, PacketTemplate packets) {
        return switch (TxContext.open(place.device(), keys)) {
            case Declined<TxContext>(var reason, var detail) -> new Declined<>(reason, detail);
            case Installed<TxContext>(var context) ->
                new Installed<>(new DeviceTxSession(place, keys, at, sink, packets, context));
        };
    }

    @Override
    public void seal(ContentType type, ByteBuf plaintext, int maxPlaintextBytes) {
        ByteBuf wire;
        int records;
        try {
            Require.sealable(isOpen, type, plaintext, maxPlaintextBytes);
            records = RecordSealer.records(plaintext.readableBytes(), maxPlaintextBytes);
            RecordSealer.requireLeft(epoch.keys().suite(), nextSequence, records);
            int wireBytes = format.sealedBytes(plaintext.readableBytes(), maxPlaintextBytes);
            wire = place.allocator().directBuffer(wireBytes, wireBytes);
        } catch (Throwable thrown) {
            plaintext.release();
            throw thrown;
        }
        TxMessage message = append(type, plaintext, maxPlaintextBytes, wire);
        int sequence = (int) wirePosition;
        // Spent before anybody sees it: no nonce is used twice, whatever comes back.
        nextSequence += records;
        wirePosition += wire.capacity();
        boolean wasCalled = isCalled;
        isCalled = true;
        try {
            make(message, sequence, records);
            emit();
        } finally {
            isCalled = wasCalled;
        }
    }

    private TxMessage append(ContentType type, ByteBuf plaintext, int maxPlaintextBytes, ByteBuf wire) {
        TxMessage message = spare == null ? new TxMessage(this, epoch) : spare;
        spare = null;
        message.start(epoch, type, plaintext, maxPlaintextBytes, wire, nextSequence);
        epoch.onMessage();
        if (last == null) {
            first = message;
        } else {
            last.next = message;
        }
        last = message;
        return message;
    }

    private void make(TxMessage message, int sequence, int records) {
        TxContext device = context;
        if (wired != null) {
            carry(wired, message);
        } else if (device == null) {
            sealInSoftware(message);
        } else if (poster.hasRoom(message, records)) {
            post(device, message, sequence, records);
        } else {
            // The device is behind: waiting for it would hold up the event loop.
            place.counters().txQueueStopped.increment();
            sealInSoftware(message);
            device.postAgain();
        }
    }

    private void post(TxContext device, TxMessage message, int sequence, int records) {
        SendRing ring = place.channel().send();
        MemoryRegions regions = place.channel().regions();
        message.mappedAs(regions.map(message.plaintext()), regions.map(message.wire()));
        message.postedTo(device);
        underWay++;
        device.postPending(ring, epoch.keys(), message);
        poster.post(message, device.tis(), sequence, records);
        ring.doorbell();
        if (!place.channel().isAsynchronous()) {
            ring.poll();
        }
    }

    private void carry(WiredTx wire, TxMessage message) {
        wire.carry(message, context);
        message.onDone();
        if (wire.failuresInARow() > MOST_FAILURES) {
            degrade("device failed " + wire.failuresInARow() + " sends in a row");
        }
    }

    /** The last WQE of a message has completed. */
    void onMessageDone(TxMessage message) {
        underWay--;
        place.channel().regions().unmap(message.plaintextKey());
        place.channel().regions().unmap(message.wireKey());
        if (message.isSent()) {
            failuresInARow = 0;
            message.wire().writerIndex(message.sentBytes());
            message.onDone();
            place.counters().txEncryptedPackets.add(message.sentPackets());
            place.counters().txEncryptedBytes.add(message.sentBytes());
        } else {
            onFailure(message);
        }
        emit();
    }

    private void onFailure(TxMessage message) {
        place.counters().txErrors.increment();
        if (message.isOutOfSequence()) {
            place.counters().txOutOfOrder.increment();
        }
        String reason = "device failed a send, " + message.failure();
        if (!isOpen) {
            message.onDone();
            return;
        }
        sealInSoftware(message);
        if (context != null && context.onFailed(message.programming()) && !message.isFlushed()) {
            failuresInARow++;
        }
        if (failuresInARow >= MOST_FAILURES || !place.device().nic().isUp()) {
            degrade(reason);
        }
    }

    /** Makes the records of a message that the device has not made, or not let out. */
    private void sealInSoftware(TxMessage message) {
        boolean isNext =
                software != null && software.nextSequence() == message.firstRecord() && message.epoch() == epoch;
        RecordSealer sealer = isNext && software != null ? software : sealer(message.epoch(), message.firstRecord());
        try {
            sealer.seal(
                    message.type(),
                    message.plaintext(),
                    message.maxPlaintextBytes(),
                    message.wire().writerIndex(0));
        } finally {
            if (sealer != software) {
                sealer.close();
            }
        }
        message.onDone();
    }

    private RecordSealer sealer(TxEpoch keys, long sequence) {
        TrafficKeys at = keys.keys().copyAt(sequence);
        try {
            return new RecordSealer(place.device().software(), at);
        } finally {
            at.destroy();
        }
    }

    /** Passes on what is made, up to the first message that is not. */
    private void emit() {
        for (TxMessage message = first; message != null && message.isDone(); message = first) {
            first = message.next;
            last = first == null ? null : last;
            message.epoch().onMessageEnd();
            boolean isByDevice = wired != null || message.isSent();
            ByteBuf wire = message.end();
            spare = message;
            emittedSequence += wire.readableBytes();
            if (!isOpen) {
                wire.release();
                continue;
            }
            if (!isCalled && !isBurstUnderWay) {
                isBurstUnderWay = true;
                place.channel().afterPoll(this::onBurstEnd);
            }
            if (wired == null) {
                // Not before: the peer acknowledges nothing that is not on the wire yet.
                packets.arrived(emittedSequence);
            }
            packets.watch().onMade(wire.readableBytes(), isByDevice);
            sink.onSealed(wire);
        }
    }

    private void onBurstEnd() {
        isBurstUnderWay = false;
        if (isOpen) {
            sink.onBurstEnd();
        }
    }

    @Override
    public EventLoop eventLoop() {
        return place.eventLoop();
    }

    @Override
    public void onDeviceDown() {
        degrade("device is down");
    }

    /** Gives the device back and goes on in software, for good. */
    private void degrade(String reason) {
        if (context == null || !isOpen) {
            return;
        }
        releaseContext();
        softwareReason = reason;
        place.counters().txDegraded.increment();
        // On a wire with faults, what was sent before may be needed again: it has a sealer of its own.
        software = wired == null ? sealer(epoch, nextSequence) : null;
        sink.onDegraded(reason);
    }

    private void releaseContext() {
        TxContext released = context;
        if (released != null) {
            context = null;
            place.device().live().remove(this);
            released.close();
        }
    }

    @Override
    public SessionInfo info() {
        return place.info(context, softwareReason);
    }

    @Override
    public long nextSequence() {
        return nextSequence;
    }

    @Override
    public @Nullable RecordBoundary boundary() {
        return first == null && underWay == 0 ? sealedBoundary() : null;
    }

    @Override
    public @Nullable RecordBoundary sealedBoundary() {
        return isOpen ? start.movedTo(wirePosition, nextSequence) : null;
    }

    @Override
    public void rekey(RecordBoundary at, TrafficKeys next) {
        Require.current(sealedBoundary(), at);
        Require.successor(epoch.keys(), next);
        boolean hasDek = context == null || context.renew(next);
        if (wired != null) {
            wired.rekey(next);
        }
        epoch.retire();
        epoch = new TxEpoch(next);
        nextSequence = 0;
        place.counters().txRekeyed.increment();
        if (software != null) {
            software.close();
            software = sealer(epoch, 0);
        }
        if (!hasDek) {
            degrade("device has no DEK left for the next key");
        }
    }

    @Override
    public TrafficKeys export(RecordBoundary at) {
        Require.current(boundary(), at);
        TrafficKeys exported = epoch.keys().copyAt(nextSequence);
        close();
        return exported;
    }

    @Override
    public void close() {
        if (!isOpen) {
            return;
        }
        isOpen = false;
        releaseContext();
        if (software != null) {
            software.close();
            software = null;
        }
        if (wired != null) {
            wired.close();
        }
        epoch.keys().destroy();
        place.counters().txCurrent.decrement();
    }
}
