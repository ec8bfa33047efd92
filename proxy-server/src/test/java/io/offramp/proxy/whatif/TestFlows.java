package io.offramp.proxy.whatif;

import io.offramp.offload.Capabilities;
import io.offramp.offload.Capacity;
import io.offramp.offload.RecordMode;
import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.record.Direction;
import io.offramp.offload.record.ProtocolVersion;
import io.offramp.proxy.session.RecordCost;
import java.util.Set;

/** Flows and devices with round figures. */
final class TestFlows {
    static final long SECOND = 1_000_000_000L;

    /** A record costs 1 us and each byte 1 ns; the driver 0.5 us; an install 1 ms. */
    static final RecordCost COST = new RecordCost(1_000, 1, 500, 1_000_000);

    private TestFlows() {}

    /** What we send, in records of 4,096 bytes. */
    static Flow flow(long startS, long endS, long records) {
        return flow(startS, endS, records, AeadSuite.AES_128_GCM);
    }

    static Flow flow(long startS, long endS, long records, AeadSuite suite) {
        return new Flow(
                Direction.TX, ProtocolVersion.TLS_1_3, suite, startS * SECOND, endS * SECOND, records, records * 4_096);
    }

    /** Takes AES-GCM of both versions in both directions. */
    static Simulation device(Capacity capacity) {
        Capabilities capabilities = new Capabilities(
                RecordMode.HW,
                Set.of(Direction.values()),
                Set.of(ProtocolVersion.values()),
                Set.of(AeadSuite.AES_128_GCM, AeadSuite.AES_256_GCM),
                capacity.contexts());
        return new Simulation(new DeviceFigures(capabilities, capacity), COST);
    }

    static Capacity contexts(long contexts) {
        return capacity(contexts, Capacity.NO_LIMIT, Capacity.NO_LIMIT, 0);
    }

    static Capacity capacity(long contexts, long recordsPerSecond, long installsPerSecond, long installLatencyNs) {
        return Capacity.UNLIMITED
                .withContexts(contexts)
                .withRecordsPerSecond(recordsPerSecond)
                .withInstallsPerSecond(installsPerSecond)
                .withInstallLatencyNs(installLatencyNs);
    }
}
