package io.offramp.offload.device.driver.rx;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.offramp.offload.InstallResult;
import io.offramp.offload.InstallResult.Declined;
import io.offramp.offload.InstallResult.Installed;
import io.offramp.offload.RxSession;
import io.offramp.offload.RxSink;
import io.offramp.offload.SessionInfo;
import io.offramp.offload.aead.record.PartialRecord;
import io.offramp.offload.aead.record.RecordHeader;
import io.offramp.offload.aead.record.RecordOpener;
import io.offramp.offload.aead.record.Require;
import io.offramp.offload.device.driver.queue.PacketTemplate;
import io.offramp.offload.device.driver.session.LiveSession;
import io.offramp.offload.device.driver.session.SessionPlace;
import io.offramp.offload.device.hardware.queue.TlsOffload;
import io.offramp.offload.error.OffloadException;
import io.offramp.offload.error.OffloadMisuseException;
import io.offramp.offload.error.RecordAuthenticationException;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.ContentType;
import io.offramp.offload.record.Direction;
import io.offramp.offload.record.RecordBoundary;
import io.offramp.offload.record.RecordFormat;
import org.jspecify.annotations.Nullable;

/**
 * Presents what was received to the device and delivers what it decrypted. What the device did not decrypt is opened
 * in software; only software's word makes an authentication failure.
 *
 * <p>The device writes plaintext into memory of its own, so the wire's bytes stay as they are until every record of a
 * packet has been delivered: a sink that rekeys or exports in the middle finds the rest untouched.
 */
public final class DeviceRxSession implements RxSession, LiveSession {
    private final SessionPlace place;
    private final RxSink sink;
    private final RecordFormat format;
    private final PacketReceiver receiver;
    private final PartialRecord partial;
    private TrafficKeys keys;
    private RecordOpener opener;
    private long wirePosition;
    private int epoch;
    private boolean isOpen = true;

    private @Nullable RxContext context;
    private String softwareReason = "";

    /** What {@link #receive} works on, while it does; the reader index is at the session's boundary. */
    private @Nullable ByteBuf current;

    private DeviceRxSession(
            SessionPlace place, TrafficKeys keys, RecordBoundary at, RxSink sink, PacketReceiver receiver,
            RxContext context) {
        this.place = place;
        this.keys = keys;
        this.sink = sink;
        this.receiver = receiver;
        this.context = context;
        format = keys.format();
        partial = new PartialRecord(place.allocator(), format);
        opener = new RecordOpener(place.device().software(), keys);
        wirePosition = at.wirePosition();
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
        return switch (RxContext.open(place, packets.flow(), keys, (int) at.wirePosition())) {
            case Declined<RxContext>(var reason, var detail) -> new Declined<>(reason, detail);
            case Installed<RxContext>(var context) -> {
                PacketReceiver receiver = new PacketReceiver(place, packets);
                yield new Installed<>(new DeviceRxSession(place, keys, at, sink, receiver, context));
            }
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
        try {
            receiveAll(wire);
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

    private void receiveAll(ByteBuf wire) {
        if (partial.bytes() > 0) {
            receivePartial(wire);
        }
        while (isOpen && wire.isReadable()) {
            int bytes = RecordRun.bytes(format, wire);
            if (bytes > 0) {
                receivePacket(wire, wire.readerIndex(), bytes);
            } else {
                receivePartial(wire);
            }
        }
    }

    private void receivePartial(ByteBuf wire) {
        ByteBuf record = null;
        try {
            record = partial.fill(wire);
        } catch (OffloadException fault) {
            fail(fault);
        }
        if (record != null) {
            try {
                receivePacket(record, 0, record.readableBytes());
            } finally {
                record.release();
            }
        }
    }

    private void receivePacket(ByteBuf wire, int index, int bytes) {
        if (context == null) {
            deliver(wire, index, bytes, false, wire == current);
            return;
        }
        ByteBuf host = place.allocator().directBuffer(bytes, bytes);
        try {
            TlsOffload result = receiver.receive((int) wirePosition, wire, index, bytes, host);
            host.writerIndex(bytes);
            boolean isDecrypted = result == TlsOffload.DECRYPTED;
            boolean isWhole = deliver(host, 0, bytes, isDecrypted, wire == current);
            if (isWhole && !isDecrypted) {
                degrade("device left a packet undecrypted that software opened: " + result);
            }
        } finally {
            host.release();
        }
    }

    /**
     * Delivers the records of a packet until its end, or until the sink ends the session or changes its keys.
     *
     * @return true at the end, in a session that is alive and has the same keys
     */
    private boolean deliver(ByteBuf host, int index, int bytes, boolean isDecrypted, boolean isCurrent) {
        int startEpoch = epoch;
        int end = index + bytes;
        int at = index;
        while (at < end && isOpen && epoch == startEpoch) {
            ContentType type = open(host, at, isDecrypted);
            if (type == null) {
                return false;
            }
            int recordBytes = RecordFormat.HEADER_BYTES + RecordHeader.fragmentBytes(host, at);
            wirePosition += recordBytes;
            if (isCurrent && current != null) {
                current.skipBytes(recordBytes);
            }
            ByteBuf content = host.retainedSlice(at + format.prefixBytes(), opener.contentBytes());
            at += recordBytes;
            if (type == ContentType.APPLICATION_DATA) {
                sink.onData(content);
            } else {
                sink.onControl(type, content, here());
            }
        }
        return isOpen && epoch == startEpoch;
    }

    private @Nullable ContentType open(ByteBuf host, int at, boolean isDecrypted) {
        try {
            return isDecrypted ? opener.accept(host, at) : opener.open(host, at);
        } catch (OffloadException fault) {
            fail(fault);
            return null;
        }
    }

    private void fail(OffloadException fault) {
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
            context.close();
            context = null;
            place.device().live().remove(this);
        }
    }

    @Override
    public int bufferedBytes() {
        return partial.bytes();
    }

    @Override
    public SessionInfo info() {
        return place.info(context, softwareReason);
    }

    @Override
    public long nextSequence() {
        return opener.nextSequence();
    }

    @Override
    public @Nullable RecordBoundary boundary() {
        return isOpen ? here() : null;
    }

    private RecordBoundary here() {
        return new RecordBoundary(Direction.RX, wirePosition, opener.nextSequence());
    }

    @Override
    public void rekey(RecordBoundary at, TrafficKeys next) {
        Require.current(boundary(), at);
        Require.successor(keys, next);
        boolean isOnDevice = context == null || context.rekey(next, (int) wirePosition);
        RecordOpener successor = new RecordOpener(place.device().software(), next);
        opener.close();
        keys.destroy();
        opener = successor;
        keys = next;
        epoch++;
        place.counters().rxRekeyed.increment();
        if (!isOnDevice) {
            degrade("device does not take the next key");
        }
    }

    @Override
    public Export export(RecordBoundary at) {
        Require.current(boundary(), at);
        TrafficKeys exported = keys.copyAt(opener.nextSequence());
        ByteBuf pending = current == null ? partial.take() : current;
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
        opener.close();
        keys.destroy();
        partial.take().release();
        place.counters().rxCurrent.decrement();
    }
}
