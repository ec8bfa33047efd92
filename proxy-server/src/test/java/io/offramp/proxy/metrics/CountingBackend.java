package io.offramp.proxy.metrics;

import io.offramp.offload.Availability;
import io.offramp.offload.Capabilities;
import io.offramp.offload.DeclineReason;
import io.offramp.offload.InstallResult;
import io.offramp.offload.OffloadTarget;
import io.offramp.offload.RecordMode;
import io.offramp.offload.RecordOffload;
import io.offramp.offload.RxSession;
import io.offramp.offload.RxSink;
import io.offramp.offload.TxSession;
import io.offramp.offload.TxSink;
import io.offramp.offload.counter.OffloadCounter;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.RecordBoundary;
import java.util.List;
import java.util.Set;

/** A backend that declines everything, and counts. */
record CountingBackend(String name, List<OffloadCounter> counters) implements RecordOffload {
    @Override
    public Availability availability() {
        return Availability.available();
    }

    @Override
    public Capabilities capabilities() {
        return new Capabilities(RecordMode.HW, Set.of(), Set.of(), Set.of(), 0);
    }

    @Override
    public String description() {
        return "counts only";
    }

    @Override
    public InstallResult<TxSession> installTx(OffloadTarget target, TrafficKeys keys, RecordBoundary at, TxSink sink) {
        return new InstallResult.Declined<>(DeclineReason.DIRECTION, "counts only");
    }

    @Override
    public InstallResult<RxSession> installRx(OffloadTarget target, TrafficKeys keys, RecordBoundary at, RxSink sink) {
        return new InstallResult.Declined<>(DeclineReason.DIRECTION, "counts only");
    }

    @Override
    public void close() {}
}
