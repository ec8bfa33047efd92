package io.offramp.offload.sw;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.offramp.offload.RecordMode;
import io.offramp.offload.Require;
import io.offramp.offload.SessionInfo;
import io.offramp.offload.TxSession;
import io.offramp.offload.TxSink;
import io.offramp.offload.aead.AeadEngine;
import io.offramp.offload.aead.record.RecordSealer;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.ContentType;
import io.offramp.offload.record.RecordBoundary;
import org.jspecify.annotations.Nullable;

/**
 * Seals on the caller's stack: all records of a call go out as one buffer, sealed straight from the plaintext's buffer.
 */
final class SwTxSession implements TxSession {
    private final AeadEngine engine;
    private final ByteBufAllocator allocator;
    private final TxSink sink;
    private final SwCounters.DirectionCounters counters;
    private final RecordBoundary start;
    private TrafficKeys keys;
    private RecordSealer sealer;
    private long wirePosition;
    private boolean open = true;

    SwTxSession(
            AeadEngine engine,
            ByteBufAllocator allocator,
            TrafficKeys keys,
            RecordBoundary at,
            TxSink sink,
            SwCounters.DirectionCounters counters) {
        this.engine = engine;
        this.allocator = allocator;
        this.sink = sink;
        this.counters = counters;
        this.sealer = new RecordSealer(engine, keys);
        this.keys = keys;
        this.start = at;
        this.wirePosition = at.wirePosition();
        counters.onInstalled();
    }

    @Override
    public void seal(ContentType type, ByteBuf plaintext, int maxPlaintextBytes) {
        try {
            Require.sealable(open, type, plaintext, maxPlaintextBytes);
            sink.onSealed(sealAll(type, plaintext, maxPlaintextBytes));
        } finally {
            plaintext.release();
        }
    }

    private ByteBuf sealAll(ContentType type, ByteBuf plaintext, int maxPlaintextBytes) {
        int contentBytes = plaintext.readableBytes();
        sealer.requireLeft(RecordSealer.records(contentBytes, maxPlaintextBytes));
        ByteBuf out = allocator.directBuffer(sealer.format().sealedBytes(contentBytes, maxPlaintextBytes));
        int records = 0;
        try {
            records = sealer.seal(type, plaintext, maxPlaintextBytes, out);
        } finally {
            if (records == 0) {
                out.release();
            }
        }
        wirePosition += out.readableBytes();
        counters.onBurst(records, contentBytes);
        return out;
    }

    @Override
    public SessionInfo info() {
        return new SessionInfo(SwOffload.NAME, RecordMode.SW, engine.description(keys.suite()));
    }

    @Override
    public long nextSequence() {
        return sealer.nextSequence();
    }

    /** Never null while open: nothing is under way between two calls. */
    @Override
    public @Nullable RecordBoundary boundary() {
        return open ? start.movedTo(wirePosition, sealer.nextSequence()) : null;
    }

    @Override
    public @Nullable RecordBoundary sealedBoundary() {
        return boundary();
    }

    @Override
    public void rekey(RecordBoundary at, TrafficKeys next) {
        Require.current(boundary(), at);
        Require.successor(keys, next);
        RecordSealer successor = new RecordSealer(engine, next);
        wipe();
        sealer = successor;
        keys = next;
    }

    @Override
    public TrafficKeys export(RecordBoundary at) {
        Require.current(boundary(), at);
        TrafficKeys exported = keys.copyAt(sealer.nextSequence());
        close();
        return exported;
    }

    @Override
    public void close() {
        if (open) {
            open = false;
            wipe();
            counters.onClosed();
        }
    }

    private void wipe() {
        sealer.close();
        keys.destroy();
    }
}
