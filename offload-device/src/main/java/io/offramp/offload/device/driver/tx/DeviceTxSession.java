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
    private final SessionPlace place;
    private final TxSink sink;
    private final RecordFormat format;
    private final RecordPoster poster;
    private TrafficKeys keys;
    private long nextSequence;
    private long wirePosition;
    private boolean isOpen = true;

    private @Nullable TxContext context;
    private @Nullable RecordSealer software;
    private String softwareReason = "";
    private @Nullable TxMessage spare;
    private int underWay;

    private DeviceTxSession(
            SessionPlace place, TrafficKeys keys, RecordBoundary at, TxSink sink, RecordPoster poster,
            TxContext context) {
        this.place = place;
        this.keys = keys;
        this.sink = sink;
        this.poster = poster;
        this.context = context;
        format = keys.format();
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
            case Installed<TxContext>(var context) -> {
                RecordPoster poster = new RecordPoster(place.channel(), keys.format(), packets);
                yield new Installed<>(new DeviceTxSession(place, keys, at, sink, poster, context));
            }
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
        if (context == null) {
            advance(message, records);
            sealInSoftware(message);
            finish(message);
        } else {
            post(context, message, records);
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
        String failure = null;
        if (message.isSent()) {
            message.wire().writerIndex(message.sentBytes());
            place.counters().txEncryptedPackets.add(message.sentPackets());
            place.counters().txEncryptedBytes.add(message.sentBytes());
        } else {
            failure = onFailure(message);
        }
        finish(message);
        if (failure != null && isOpen) {
            sink.onDegraded(failure);
        }
    }

    /** Leaves the device before anything else is sealed: what it knows of the position is not ours any more. */
    private String onFailure(TxMessage message) {
        place.counters().txErrors.increment();
        if (message.isOutOfSequence()) {
            place.counters().txOutOfOrder.increment();
        }
        String reason = "device failed a send, " + message.failure();
        toSoftware(message.firstRecord(), reason);
        sealInSoftware(message);
        return reason;
    }

    private void sealInSoftware(TxMessage message) {
        if (software == null) {
            throw new IllegalStateException("no software sealer, direction=TX");
        }
        software.seal(message.type(), message.plaintext(), message.maxPlaintextBytes(), message.wire().writerIndex(0));
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
        if (context != null) {
            toSoftware(nextSequence, "device is down");
            sink.onDegraded(softwareReason);
        }
    }

    /** Gives the device back and goes on in software from this record. */
    private void toSoftware(long sequence, String reason) {
        if (context != null) {
            releaseContext();
            softwareReason = reason;
            place.counters().txDegraded.increment();
            software = newSealer(sequence);
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
        if (!hasDek) {
            toSoftware(0, "device has no DEK left for the next key");
            sink.onDegraded(softwareReason);
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
        keys.destroy();
        place.counters().txCurrent.decrement();
    }
}
