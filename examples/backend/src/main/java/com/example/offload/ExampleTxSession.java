package com.example.offload;

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
import java.util.concurrent.atomic.LongAdder;

/** Seals at once, so that it always stands at a boundary. A device of your own would post work here instead. */
final class ExampleTxSession implements TxSession {
    private final AeadEngine engine;
    private final ByteBufAllocator allocator;
    private final TxSink sink;
    private final LongAdder records;
    private final Runnable onClose;
    private final RecordBoundary start;
    private TrafficKeys keys;
    private RecordSealer sealer;
    private long wirePosition;
    private boolean open = true;

    ExampleTxSession(
            AeadEngine engine,
            ByteBufAllocator allocator,
            TrafficKeys keys,
            RecordBoundary at,
            TxSink sink,
            LongAdder records,
            Runnable onClose) {
        this.engine = engine;
        this.allocator = allocator;
        this.sink = sink;
        this.records = records;
        this.onClose = onClose;
        this.start = at;
        this.keys = keys;
        this.sealer = new RecordSealer(engine, keys);
        this.wirePosition = at.wirePosition();
    }

    @Override
    public void seal(ContentType type, ByteBuf plaintext, int maxPlaintextBytes) {
        try {
            Require.sealable(open, type, plaintext, maxPlaintextBytes);
            int contentBytes = plaintext.readableBytes();
            sealer.requireLeft(RecordSealer.records(contentBytes, maxPlaintextBytes));
            ByteBuf out = allocator.directBuffer(sealer.format().sealedBytes(contentBytes, maxPlaintextBytes));
            records.add(sealer.seal(type, plaintext, maxPlaintextBytes, out));
            wirePosition += out.readableBytes();
            sink.onSealed(out);
        } finally {
            plaintext.release();
        }
    }

    @Override
    public SessionInfo info() {
        return new SessionInfo("example", RecordMode.SW, engine.description(keys.suite()));
    }

    @Override
    public long nextSequence() {
        return sealer.nextSequence();
    }

    @Override
    public RecordBoundary boundary() {
        return open ? start.movedTo(wirePosition, sealer.nextSequence()) : null;
    }

    @Override
    public RecordBoundary sealedBoundary() {
        return boundary();
    }

    @Override
    public void rekey(RecordBoundary at, TrafficKeys next) {
        Require.current(boundary(), at);
        Require.successor(keys, next);
        wipe();
        sealer = new RecordSealer(engine, next);
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
            onClose.run();
        }
    }

    private void wipe() {
        sealer.close();
        keys.destroy();
    }
}
