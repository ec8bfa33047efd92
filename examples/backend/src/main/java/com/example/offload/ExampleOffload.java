package com.example.offload;

import io.offramp.offload.Availability;
import io.offramp.offload.Capabilities;
import io.offramp.offload.DeclineReason;
import io.offramp.offload.InstallResult;
import io.offramp.offload.OffloadTarget;
import io.offramp.offload.RecordMode;
import io.offramp.offload.RecordOffload;
import io.offramp.offload.Require;
import io.offramp.offload.RxSession;
import io.offramp.offload.RxSink;
import io.offramp.offload.TxSession;
import io.offramp.offload.TxSink;
import io.offramp.offload.aead.AeadEngine;
import io.offramp.offload.aead.choice.AeadEngines;
import io.offramp.offload.counter.OffloadCounter;
import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.Direction;
import io.offramp.offload.record.ProtocolVersion;
import io.offramp.offload.record.RecordBoundary;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * A backend with a bounded number of sessions. It takes what the proxy sends, in TLS 1.3 with AES-128-GCM. What it
 * declines stays in software, and the reason is on the proxy's page {@code /connections}.
 */
final class ExampleOffload implements RecordOffload {
    private final AeadEngine engine = AeadEngines.best();
    private final int limit;
    private final AtomicInteger current = new AtomicInteger();
    private final LongAdder installed = new LongAdder();
    private final LongAdder records = new LongAdder();

    ExampleOffload(int limit) {
        this.limit = limit;
    }

    @Override
    public String name() {
        return "example";
    }

    @Override
    public Availability availability() {
        return engine.availability();
    }

    @Override
    public Capabilities capabilities() {
        return new Capabilities(
                RecordMode.SW,
                EnumSet.of(Direction.TX),
                EnumSet.of(ProtocolVersion.TLS_1_3),
                Set.of(AeadSuite.AES_128_GCM),
                limit);
    }

    @Override
    public boolean isBusy() {
        return current.get() >= limit;
    }

    @Override
    public String description() {
        return "at most " + limit + " sessions, by " + engine.description();
    }

    @Override
    public InstallResult<TxSession> installTx(OffloadTarget target, TrafficKeys keys, RecordBoundary at, TxSink sink) {
        Require.aligned(Direction.TX, keys, at);
        if (keys.version() != ProtocolVersion.TLS_1_3) {
            return new InstallResult.Declined<>(DeclineReason.VERSION, "TLS 1.3 only");
        }
        if (keys.suite() != AeadSuite.AES_128_GCM) {
            return new InstallResult.Declined<>(DeclineReason.SUITE, "AES-128-GCM only");
        }
        if (current.incrementAndGet() > limit) {
            current.decrementAndGet();
            return new InstallResult.Declined<>(DeclineReason.CAPACITY, limit + " sessions");
        }
        installed.increment(); // the contract: a counter changes with each install
        return new InstallResult.Installed<>(new ExampleTxSession(
                engine, target.channel().alloc(), keys, at, sink, records, current::decrementAndGet));
    }

    @Override
    public InstallResult<RxSession> installRx(OffloadTarget target, TrafficKeys keys, RecordBoundary at, RxSink sink) {
        return new InstallResult.Declined<>(DeclineReason.DIRECTION, "TX only");
    }

    @Override
    public List<OffloadCounter> counters() {
        return List.of(
                new OffloadCounter("example_tx_current", "Sessions now", OffloadCounter.Kind.GAUGE, current::get),
                new OffloadCounter("example_tx", "Sessions installed", OffloadCounter.Kind.COUNTER, installed::sum),
                new OffloadCounter("example_records", "Records made", OffloadCounter.Kind.COUNTER, records::sum));
    }

    @Override
    public void close() {}
}
