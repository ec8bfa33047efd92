package io.offramp.offload.sw;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.offramp.offload.RecordMode;
import io.offramp.offload.Require;
import io.offramp.offload.RxSession;
import io.offramp.offload.RxSink;
import io.offramp.offload.SessionInfo;
import io.offramp.offload.aead.AeadEngine;
import io.offramp.offload.aead.record.PartialRecord;
import io.offramp.offload.aead.record.RecordHeader;
import io.offramp.offload.aead.record.RecordOpener;
import io.offramp.offload.error.OffloadException;
import io.offramp.offload.error.OffloadMisuseException;
import io.offramp.offload.error.RecordAuthenticationException;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.ContentType;
import io.offramp.offload.record.RecordBoundary;
import io.offramp.offload.record.RecordFormat;
import org.jspecify.annotations.Nullable;

/**
 * Opens on the caller's stack, in place: the content of a record leaves as a slice of the buffer that was read. Only a
 * record that two reads cut apart is copied.
 *
 * <p>In every callback the session stands behind the delivered record, so the sink may rekey, export or close it there.
 */
final class SwRxSession implements RxSession {
    private final AeadEngine engine;
    private final RxSink sink;
    private final SwCounters counters;
    private final PartialRecord partial;
    private final RecordBoundary start;
    private TrafficKeys keys;
    private RecordOpener opener;
    private long wirePosition;
    private boolean open = true;

    /** The buffer of {@link #receive}, while it runs. */
    private @Nullable ByteBuf current;

    private int burstRecords;
    private long burstBytes;

    SwRxSession(
            AeadEngine engine,
            ByteBufAllocator allocator,
            TrafficKeys keys,
            RecordBoundary at,
            RxSink sink,
            SwCounters counters) {
        this.engine = engine;
        this.sink = sink;
        this.counters = counters;
        this.partial = new PartialRecord(allocator, keys.format());
        this.opener = new RecordOpener(engine, keys);
        this.keys = keys;
        this.start = at;
        this.wirePosition = at.wirePosition();
        counters.rx().onInstalled();
    }

    @Override
    public void receive(ByteBuf wire) {
        if (!open) {
            wire.release();
            return;
        }
        if (current != null) {
            wire.release();
            throw new OffloadMisuseException("receive from inside a sink of the same session, direction=RX");
        }
        current = wire;
        burstRecords = 0;
        burstBytes = 0;
        try {
            openAll(wire);
        } catch (Throwable thrown) {
            // A sink that throws has broken the stream: the bytes behind its record are lost.
            close();
            throw thrown;
        } finally {
            counters.rx().onBurst(burstRecords, burstBytes);
            // An export from inside the sink has taken it.
            if (current != null) {
                current = null;
                wire.release();
            }
        }
    }

    private void openAll(ByteBuf wire) {
        boolean more = partial.bytes() == 0 || openPartial(wire);
        while (more && open) {
            more = openNext(wire);
        }
    }

    /** True when the record was opened, so that the next one starts at the reader index. */
    private boolean openPartial(ByteBuf wire) {
        ByteBuf record = fill(wire);
        if (record == null) {
            return false;
        }
        int recordBytes = record.readableBytes();
        ContentType type = decrypt(record, 0);
        if (type == null) {
            record.release();
            return false;
        }
        int start = opener.format().prefixBytes();
        deliver(type, record.setIndex(start, start + opener.contentBytes()), recordBytes);
        return true;
    }

    private boolean openNext(ByteBuf wire) {
        int index = wire.readerIndex();
        int recordBytes = wholeRecordBytes(wire, index);
        if (recordBytes == 0) {
            // Nothing comes back: the record is not whole. A header that does not pass is a fault here.
            fill(wire);
            return false;
        }
        ContentType type = decrypt(wire, index);
        if (type == null) {
            return false;
        }
        wire.skipBytes(recordBytes);
        deliver(type, wire.retainedSlice(index + opener.format().prefixBytes(), opener.contentBytes()), recordBytes);
        return true;
    }

    private int wholeRecordBytes(ByteBuf wire, int index) {
        if (wire.readableBytes() < RecordFormat.HEADER_BYTES) {
            return 0;
        }
        int recordBytes = RecordFormat.HEADER_BYTES + RecordHeader.fragmentBytes(wire, index);
        return recordBytes <= wire.readableBytes() ? recordBytes : 0;
    }

    private @Nullable ByteBuf fill(ByteBuf wire) {
        try {
            return wire.isReadable() ? partial.fill(wire) : null;
        } catch (OffloadException fault) {
            fail(fault);
            return null;
        }
    }

    private @Nullable ContentType decrypt(ByteBuf record, int index) {
        try {
            RecordHeader.check(opener.format(), record, index);
            return opener.open(record, index);
        } catch (OffloadException fault) {
            fail(fault);
            return null;
        }
    }

    private void deliver(ContentType type, ByteBuf plaintext, int recordBytes) {
        wirePosition += recordBytes;
        burstRecords++;
        burstBytes += plaintext.readableBytes();
        if (type == ContentType.APPLICATION_DATA) {
            sink.onData(plaintext);
        } else {
            sink.onControl(type, plaintext, here());
        }
    }

    private void fail(OffloadException fault) {
        if (fault instanceof RecordAuthenticationException) {
            counters.onDecryptError();
        }
        close();
        sink.onFault(fault);
    }

    @Override
    public int bufferedBytes() {
        return partial.bytes();
    }

    @Override
    public SessionInfo info() {
        return new SessionInfo(SwOffload.NAME, RecordMode.SW, engine.description(keys.suite()));
    }

    @Override
    public long nextSequence() {
        return opener.nextSequence();
    }

    /**
     * Never null while open: callbacks come between records only, and bytes of a partial record lie behind the
     * boundary.
     */
    @Override
    public @Nullable RecordBoundary boundary() {
        return open ? here() : null;
    }

    private RecordBoundary here() {
        return start.movedTo(wirePosition, opener.nextSequence());
    }

    @Override
    public void rekey(RecordBoundary at, TrafficKeys next) {
        Require.current(boundary(), at);
        Require.successor(keys, next);
        RecordOpener successor = new RecordOpener(engine, next);
        wipe();
        opener = successor;
        keys = next;
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
        if (open) {
            open = false;
            wipe();
            partial.take().release();
            counters.rx().onClosed();
        }
    }

    private void wipe() {
        opener.close();
        keys.destroy();
    }
}
