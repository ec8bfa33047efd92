package io.offramp.proxy.admin;

import io.offramp.offload.Availability;
import io.offramp.offload.Capabilities;
import io.offramp.offload.DeclineReason;
import io.offramp.offload.InstallResult;
import io.offramp.offload.LiveSetting;
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
import java.util.concurrent.atomic.AtomicInteger;

/** A backend that declines everything, with a setting that goes from 1 to 10. */
final class DialBackend implements RecordOffload {
    private final AtomicInteger level = new AtomicInteger(1);

    @Override
    public Map<String, LiveSetting> liveSettings() {
        return Map.of("level", new Dial());
    }

    private final class Dial implements LiveSetting {
        @Override
        public String value() {
            return level.toString();
        }

        @Override
        public String scope() {
            return "new connections";
        }

        @Override
        public void change(String value) {
            if (!value.matches("[1-9]|10")) {
                throw new IllegalArgumentException("level: must be 1 to 10, is " + value);
            }
            level.set(Integer.parseInt(value));
        }
    }

    @Override
    public String name() {
        return "dial";
    }

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
        return "declines all";
    }

    @Override
    public InstallResult<TxSession> installTx(OffloadTarget target, TrafficKeys keys, RecordBoundary at, TxSink sink) {
        return new InstallResult.Declined<>(DeclineReason.DIRECTION, description());
    }

    @Override
    public InstallResult<RxSession> installRx(OffloadTarget target, TrafficKeys keys, RecordBoundary at, RxSink sink) {
        return new InstallResult.Declined<>(DeclineReason.DIRECTION, description());
    }

    @Override
    public List<OffloadCounter> counters() {
        return List.of();
    }

    @Override
    public void close() {}
}
