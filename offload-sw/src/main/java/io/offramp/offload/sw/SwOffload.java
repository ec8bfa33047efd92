package io.offramp.offload.sw;

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
import io.offramp.offload.counter.OffloadCounter;
import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.Direction;
import io.offramp.offload.record.ProtocolVersion;
import io.offramp.offload.record.RecordBoundary;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The host CPU as a backend: takes every version and direction, and every suite that its AEAD engine has, without a
 * limit of its own.
 */
public final class SwOffload implements RecordOffload {
    static final String NAME = "sw";

    private final AeadEngine engine;
    private final Capabilities capabilities;
    private final SwCounters counters = new SwCounters();

    /** @param engine does the cryptography of all sessions */
    public SwOffload(AeadEngine engine) {
        this.engine = engine;
        this.capabilities = new Capabilities(
                RecordMode.SW,
                EnumSet.allOf(Direction.class),
                EnumSet.allOf(ProtocolVersion.class),
                Arrays.stream(AeadSuite.values()).filter(engine::supports).collect(Collectors.toSet()),
                Capabilities.UNLIMITED);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Availability availability() {
        return engine.availability();
    }

    @Override
    public Capabilities capabilities() {
        return capabilities;
    }

    @Override
    public String description() {
        return "records on the host CPU by " + engine.description();
    }

    @Override
    public InstallResult<TxSession> installTx(OffloadTarget target, TrafficKeys keys, RecordBoundary at, TxSink sink) {
        Require.aligned(Direction.TX, keys, at);
        if (!takes(keys)) {
            return declined(keys);
        }
        return new InstallResult.Installed<>(
                new SwTxSession(engine, target.channel().alloc(), keys, at, sink, counters.tx()));
    }

    @Override
    public InstallResult<RxSession> installRx(OffloadTarget target, TrafficKeys keys, RecordBoundary at, RxSink sink) {
        Require.aligned(Direction.RX, keys, at);
        if (!takes(keys)) {
            return declined(keys);
        }
        return new InstallResult.Installed<>(
                new SwRxSession(engine, target.channel().alloc(), keys, at, sink, counters));
    }

    private boolean takes(TrafficKeys keys) {
        return engine.availability().isAvailable() && engine.supports(keys.suite());
    }

    private <S> InstallResult<S> declined(TrafficKeys keys) {
        if (engine.availability() instanceof Availability.Unavailable(String cause)) {
            return new InstallResult.Declined<>(DeclineReason.UNAVAILABLE, cause);
        }
        return new InstallResult.Declined<>(
                DeclineReason.SUITE, engine.name() + " has no " + keys.suite().kernelName());
    }

    @Override
    public List<OffloadCounter> counters() {
        return counters.published();
    }

    /** Holds nothing of its own. */
    @Override
    public void close() {}
}
