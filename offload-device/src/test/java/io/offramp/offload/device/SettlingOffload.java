package io.offramp.offload.device;

import io.offramp.offload.Availability;
import io.offramp.offload.Capabilities;
import io.offramp.offload.Capacity;
import io.offramp.offload.ConnectionOffload;
import io.offramp.offload.InstallResult;
import io.offramp.offload.OffloadTarget;
import io.offramp.offload.RecordOffload;
import io.offramp.offload.RxSession;
import io.offramp.offload.RxSink;
import io.offramp.offload.TxSession;
import io.offramp.offload.TxSink;
import io.offramp.offload.counter.OffloadCounter;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.RecordBoundary;
import java.util.List;

/**
 * A device that is given its time after each install, so that no record comes before the rule that leads it to the
 * device.
 */
record SettlingOffload(Device device) implements RecordOffload {
    @Override
    public String name() {
        return device.name();
    }

    @Override
    public String description() {
        return device.description();
    }

    @Override
    public Availability availability() {
        return device.availability();
    }

    @Override
    public Capabilities capabilities() {
        return device.capabilities();
    }

    @Override
    public Capacity capacity() {
        return device.capacity();
    }

    @Override
    public boolean isBusy() {
        return device.isBusy();
    }

    @Override
    public InstallResult<TxSession> installTx(OffloadTarget target, TrafficKeys keys, RecordBoundary at, TxSink sink) {
        return device.installTx(target, keys, at, sink);
    }

    @Override
    public InstallResult<RxSession> installRx(OffloadTarget target, TrafficKeys keys, RecordBoundary at, RxSink sink) {
        InstallResult<RxSession> result = device.installRx(target, keys, at, sink);
        device.driver().settle();
        return result;
    }

    @Override
    public ConnectionOffload connections() {
        return device.connections();
    }

    @Override
    public List<OffloadCounter> counters() {
        return device.counters();
    }

    @Override
    public void close() {
        device.close();
    }
}
