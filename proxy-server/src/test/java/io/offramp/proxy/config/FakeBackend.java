package io.offramp.proxy.config;

import io.offramp.offload.Availability;
import io.offramp.offload.Capabilities;
import io.offramp.offload.DeclineReason;
import io.offramp.offload.InstallResult;
import io.offramp.offload.OffloadProvider;
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
import java.util.Map;
import java.util.Set;

/** A backend that says what it has, and has nothing. Each of them is a number from 1 on. */
record FakeBackend(String name, Map<String, String> settings, boolean takesConnections) implements OffloadProvider {
    @Override
    public RecordOffload open(Map<String, String> values) {
        values.forEach((setting, value) -> {
            if (Integer.parseInt(value) < 1) {
                throw new IllegalArgumentException(setting + ": must be at least 1, is " + value);
            }
        });
        return new Opened(name);
    }

    private record Opened(String name) implements RecordOffload {
        @Override
        public Availability availability() {
            return Availability.available();
        }

        @Override
        public Capabilities capabilities() {
            return new Capabilities(RecordMode.SW, Set.of(), Set.of(), Set.of(), 0);
        }

        @Override
        public String description() {
            return "fake";
        }

        @Override
        public InstallResult<TxSession> installTx(
                OffloadTarget target, TrafficKeys keys, RecordBoundary at, TxSink sink) {
            return new InstallResult.Declined<>(DeclineReason.DIRECTION, "fake");
        }

        @Override
        public InstallResult<RxSession> installRx(
                OffloadTarget target, TrafficKeys keys, RecordBoundary at, RxSink sink) {
            return new InstallResult.Declined<>(DeclineReason.DIRECTION, "fake");
        }

        @Override
        public List<OffloadCounter> counters() {
            return List.of();
        }

        @Override
        public void close() {}
    }
}
