package io.offramp.offload.device.driver.tx;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.offramp.offload.InstallResult;
import io.offramp.offload.OffloadTarget;
import io.offramp.offload.RecordMode;
import io.offramp.offload.SessionInfo;
import io.offramp.offload.TxSession;
import io.offramp.offload.TxSink;
import io.offramp.offload.aead.record.RecordSealer;
import io.offramp.offload.device.driver.queue.DeviceChannel;
import io.offramp.offload.device.driver.session.DeviceResources;
import io.offramp.offload.device.driver.session.LiveSession;
import io.offramp.offload.device.driver.session.Require;
import io.offramp.offload.error.KeyLimitException;
import io.offramp.offload.error.OffloadMisuseException;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.ContentType;
import io.offramp.offload.record.Direction;
import io.offramp.offload.record.RecordBoundary;
import io.offramp.offload.record.RecordFormat;
import org.jspecify.annotations.Nullable;

/**
 * Posts records in plaintext to the device and passes on what it encrypted. Where the device fails, the same records are made in software, byte
 * for byte, and so is everything behind them.
 */
public final class DeviceTxSession implements TxSession, LiveSession {
    private final DeviceResources device;
    private final DeviceChannel channel;
    private final OffloadTarget target;
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
            DeviceResources device, DeviceChannel channel, OffloadTarget target, TrafficKeys keys, RecordBoundary at, TxSink sink,
            RecordPoster poster, TxContext context) {
        this.device = device;
        this.channel = channel;
        this.target = target;
        this.keys = keys;
        this.sink = sink;
        this.poster = poster;
        this.context = context;
        format = keys.format();
        nextSequence = at.nextSequence();
        wirePosition = at.wirePosition();
    }

    /**
     * Takes what a session needs from the device, or nothing.
     *
     * @param channel of the event loop that this is called on
     * @param header  of the flow's packets; the session's if installed
     */
    public static InstallResult<TxSession> install(
            DeviceResources device, DeviceChannel channel, OffloadTarget target, TrafficKeys keys, RecordBoundary at, TxSink sink,
            ByteBuf header, int headerBytes) {
        return switch (TxContext.open(device, keys)) {
            case InstallResult.Declined<TxContext>(var reason, var detail) -> new InstallResult.Declined<>(reason, detail);
            case InstallResult.Installed<TxContext>(var context) -> {
                RecordPoster poster = new RecordPoster(channel, keys.format(), header, headerBytes);
                DeviceTxSession session = new DeviceTxSession(device, channel, target, keys, at, sink, poster, context);
                device.live().add(session);
                device.counters().txCurrent.increment();
                device.counters().txInstalled.increment();
                yield new InstallResult.Installed<>(session);
            }
        };
    }

    @Override
    public void seal(ContentType type, ByteBuf plaintext, int maxPlaintextBytes) {
        ByteBuf wire;
        int records;
        try {
            requireSealable(type, plaintext, maxPlaintextBytes);
            records = RecordSealer.records(plaintext.readableBytes(), maxPlaintextBytes);
            requireLeft(records);
            int wireBytes = format.sealedBytes(plaintext.readableBytes(), maxPlaintextBytes);
            wire = target.channel().alloc().directBuffer(wireBytes, wireBytes);
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
        posted.postPending(channel.send(), keys, nextSequence);
        message.mappedAs(channel.regions().map(message.plaintext()), channel.regions().map(message.wire()));
        int sequence = (int) wirePosition;
        // Spent before the device sees it: no nonce is used twice, whatever comes back.
        advance(message, records);
        underWay++;
        poster.post(message, posted.tis(), sequence, records);
        channel.send().doorbell();
        channel.send().poll();
    }

    private void advance(TxMessage message, int records) {
        nextSequence += records;
        wirePosition += message.wire().capacity();
    }

    /** The last WQE of a message has completed. */
    void onMessageDone(TxMessage message) {
        underWay--;
        channel.regions().unmap(message.plaintextKey());
        channel.regions().unmap(message.wireKey());
        String failure = null;
        if (message.isSent()) {
            message.wire().writerIndex(message.sentBytes());
            device.counters().txEncryptedPackets.add(message.sentPackets());
            device.counters().txEncryptedBytes.add(message.sentBytes());
        } else {
            failure = onFailure(message);
        }
        finish(message);
        if (failure != null) {
            degrade(failure);
        }
    }

    private String onFailure(TxMessage message) {
        device.counters().txErrors.increment();
        if (message.isOutOfSequence()) {
            device.counters().txOutOfOrder.increment();
        }
        toSoftware(message.firstRecord());
        sealInSoftware(message);
        return "device failed a send, " + message.failure();
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

    private void requireSealable(ContentType type, ByteBuf plaintext, int maxPlaintextBytes) {
        if (!isOpen) {
            throw new OffloadMisuseException("seal on a closed session, direction=TX");
        }
        if (maxPlaintextBytes < 1 || maxPlaintextBytes > RecordFormat.MAX_PLAINTEXT_BYTES) {
            throw new OffloadMisuseException("record of " + maxPlaintextBytes + " bytes asked for, may be 1 to 16384");
        }
        // RFC 8446 §5.4: no alert or handshake record goes out empty.
        if (type == ContentType.CHANGE_CIPHER_SPEC || type != ContentType.APPLICATION_DATA && !plaintext.isReadable()) {
            throw new OffloadMisuseException(type + " record of " + plaintext.readableBytes() + " bytes cannot be protected");
        }
    }

    private void requireLeft(int records) {
        long limit = keys.suite().recordLimit();
        if (Long.compareUnsigned(nextSequence, limit) >= 0 || records > limit - nextSequence) {
            throw new KeyLimitException("key may protect " + limit + " records, is at seq=" + Long.toUnsignedString(nextSequence)
                    + " and asked for " + records + " more (RFC 8446 §5.5)");
        }
    }

    @Override
    public EventLoop eventLoop() {
        return target.channel().eventLoop();
    }

    @Override
    public void onDeviceDown() {
        if (context != null) {
            toSoftware(nextSequence);
            degrade("device is down");
        }
    }

    private void toSoftware(long sequence) {
        if (software == null) {
            TrafficKeys at = keys.copyAt(sequence);
            software = new RecordSealer(device.software(), at);
            at.destroy();
        }
    }

    private void degrade(String reason) {
        if (context == null) {
            return;
        }
        releaseContext();
        softwareReason = reason;
        device.counters().txDegraded.increment();
        sink.onDegraded(reason);
    }

    private void releaseContext() {
        if (context != null) {
            context.close();
            context = null;
            device.live().remove(this);
        }
    }

    @Override
    public SessionInfo info() {
        return context == null
                ? new SessionInfo("device", RecordMode.SW, device.software().name() + ", " + softwareReason)
                : new SessionInfo("device", RecordMode.HW, context.toString());
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
        if (software != null) {
            software.close();
            software = null;
        }
        keys.destroy();
        keys = next;
        nextSequence = 0;
        device.counters().txRekeyed.increment();
        if (context == null || !hasDek) {
            toSoftware(0);
        }
        if (!hasDek) {
            degrade("device has no DEK left for the next key");
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
        device.counters().txCurrent.decrement();
    }
}
