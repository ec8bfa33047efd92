package io.offramp.offload.device.driver.tx;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.offramp.offload.InstallResult;
import io.offramp.offload.InstallResult.Declined;
import io.offramp.offload.InstallResult.Installed;
import io.offramp.offload.SessionInfo;
import io.offramp.offload.TxSession;
import io.offramp.offload.TxSink;
import io.offramp.offload.aead.record.RecordSealer;
import io.offramp.offload.aead.record.Require;
import io.offramp.offload.device.driver.queue.PacketTemplate;
import io.offramp.offload.device.driver.queue.SendRing;
import io.offramp.offload.device.driver.session.LiveSession;
import io.offramp.offload.device.driver.session.SessionPlace;
import io.offramp.offload.device.hardware.queue.MemoryRegions;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.ContentType;
import io.offramp.offload.record.Direction;
import io.offramp.offload.record.RecordBoundary;
import io.offramp.offload.record.RecordFormat;
import org.jspecify.annotations.Nullable;

/**
 * Posts records in plaintext to the device and passes on what it encrypted. Where the device fails, the same records
 * are made in software, byte for byte, and so is everything behind them.
 */
public final class DeviceTxSession implements TxSession, LiveSession {
    /** So many sends in a row may fail before a session gives the device back. */
    private static final int MOST_FAILURES = 16;

    private final SessionPlace place;
    private final TxSink sink;
    private final RecordFormat format;
    private final RecordPoster poster;
    private final @Nullable WiredTx wired;
    private TrafficKeys keys;
    private long nextSequence;
    private long wirePosition;
    private boolean isOpen = true;

    private @Nullable TxContext context;
    private @Nullable RecordSealer software;
    private String softwareReason = "";
    private @Nullable TxMessage spare;
    private int underWay;
    private int failuresInARow;

    private DeviceTxSession(
            SessionPlace place, TrafficKeys keys, RecordBoundary at, TxSink sink, PacketTemplate packets,
            TxContext context) {
        this.place = place;
        this.keys = keys;
        this.sink = sink;
        this.context = context;
        format = keys.format();
        poster = new RecordPoster(place.channel(), format, packets);
        wired = place.device().isWired()
                ? new WiredTx(place, place.device().faults(), packets, keys, at.wirePosition())
                : null;
        nextSequence = at.nextSequence();
        wirePosition = at.wirePosition();
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
            RecordSealer.requireLeft(keys.suite(), nextSequence, records);
            int wireBytes = format.sealedBytes(plaintext.readableBytes(), maxPlaintextBytes);
            wire = place.allocator().directBuffer(wireBytes, wireBytes);
        } catch (Throwable thrown) {
            plaintext.release();
            throw thrown;
        }
        TxMessage message = spare == null ? new TxMessage(this) : spare;
        spare = null;
        message.start(type, plaintext, maxPlaintextBytes, wire, nextSequence);
        if (wired != null) {
            advance(message, records);
            carry(wired, message);
        } else if (context == null) {
            advance(message, records);
            sealInSoftware(message);
            finish(message);
        } else {
            post(context, message, records);
        }
    }

    private void carry(WiredTx wire, TxMessage message) {
        underWay++;
        try {
            wire.carry(message, context);
        } catch (Throwable thrown) {
            message.end().release();
            throw thrown;
        } finally {
            underWay--;
        }
        finish(message);
        if (isOpen && wire.failuresInARow() > MOST_FAILURES) {
            degrade(nextSequence, "device failed " + wire.failuresInARow() + " sends in a row");
        }
    }

    private void post(TxContext posted, TxMessage message, int records) {
        SendRing ring = place.channel().send();
        MemoryRegions regions = place.channel().regions();
        message.mappedAs(regions.map(message.plaintext()), regions.map(message.wire()));
        int sequence = (int) wirePosition;
        // Spent before the device sees it: no nonce is used twice, whatever comes back.
        advance(message, records);
        underWay++;
        posted.postPending(ring, keys, message);
        poster.post(message, posted.tis(), sequence, records);
        ring.doorbell();
        ring.poll();
    }

    private void advance(TxMessage message, int records) {
        nextSequence += records;
        wirePosition += message.wire().capacity();
    }

    /** The last WQE of a message has completed. */
    void onMessageDone(TxMessage message) {
        underWay--;
        place.channel().regions().unmap(message.plaintextKey());
        place.channel().regions().unmap(message.wireKey());
        if (message.isSent()) {
            failuresInARow = 0;
            message.wire().writerIndex(message.sentBytes());
            place.counters().txEncryptedPackets.add(message.sentPackets());
            place.counters().txEncryptedBytes.add(message.sentBytes());
            finish(message);
            return;
        }
        place.counters().txErrors.increment();
        if (message.isOutOfSequence()) {
            place.counters().txOutOfOrder.increment();
        }
        // Before anything else is sealed: what the device knows of the position is not ours any more.
        boolean isLost = ++failuresInARow >= MOST_FAILURES || !place.device().nic().isUp();
        String reason = "device failed a send, " + message.failure();
        if (isLost) {
            toSoftware(message.firstRecord(), reason);
        } else if (context != null) {
            context.postAgain();
        }
        sealInSoftware(message);
        finish(message);
        if (isLost && isOpen) {
            sink.onDegraded(reason);
        }
    }

    /** Makes the records of a message that the device has not made, or not let out. */
    private void sealInSoftware(TxMessage message) {
        RecordSealer sealer = software == null ? newSealer(message.firstRecord()) : software;
        try {
            sealer.seal(message.type(), message.plaintext(), message.maxPlaintextBytes(), message.wire().writerIndex(0));
        } finally {
            if (sealer != software) {
                sealer.close();
            }
        }
    }

    private void finish(TxMessage message) {
        ByteBuf wire = message.end();
        spare = message;
        sink.onSealed(wire);
    }

    @Override
    public EventLoop eventLoop() {
        return place.eventLoop();
    }

    @Override
    public void onDeviceDown() {
        degrade(nextSequence, "device is down");
    }

    private void degrade(long sequence, String reason) {
        if (context != null) {
            toSoftware(sequence, reason);
            sink.onDegraded(reason);
        }
    }

    /** Gives the device back and goes on in software from this record. */
    private void toSoftware(long sequence, String reason) {
        if (context != null) {
            releaseContext();
            softwareReason = reason;
            place.counters().txDegraded.increment();
            // On a wire with faults, what was sent before may be needed again: it has a sealer of its own.
            software = wired == null ? newSealer(sequence) : null;
        }
    }

    private RecordSealer newSealer(long sequence) {
        TrafficKeys at = keys.copyAt(sequence);
        try {
            return new RecordSealer(place.device().software(), at);
        } finally {
            at.destroy();
        }
    }

    private void releaseContext() {
        if (context != null) {
            context.close();
            context = null;
            place.device().live().remove(this);
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
        return isOpen && underWay == 0 ? new RecordBoundary(Direction.TX, wirePosition, nextSequence) : null;
    }

    @Override
    public void rekey(RecordBoundary at, TrafficKeys next) {
        Require.current(boundary(), at);
        Require.successor(keys, next);
        boolean hasDek = context == null || context.rekey(next);
        keys.destroy();
        keys = next;
        nextSequence = 0;
        place.counters().txRekeyed.increment();
        if (software != null) {
            software.close();
            software = newSealer(0);
        }
        if (wired != null) {
            wired.rekey(next);
        }
        if (!hasDek) {
            degrade(0, "device has no DEK left for the next key");
        }
    }

    @Override
    public TrafficKeys export(RecordBoundary at) {
        Require.current(boundary(), at);
        TrafficKeys exported = keys.copyAt(nextSequence);
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
        keys.destroy();
        place.counters().txCurrent.decrement();
    }
}
