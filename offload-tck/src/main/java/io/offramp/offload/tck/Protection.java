package io.offramp.offload.tck;

import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.record.ProtocolVersion;
import io.offramp.offload.record.RecordFormat;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** One way to protect records: what a contract test is run for. */
public record Protection(ProtocolVersion version, AeadSuite suite) {
    /** All versions with all suites. */
    public static List<Protection> all() {
        return Arrays.stream(ProtocolVersion.values())
                .flatMap(version -> Stream.of(AeadSuite.values()).map(suite -> new Protection(version, suite)))
                .toList();
    }

    /** Geometry of its records. */
    public RecordFormat format() {
        return suite.format(version);
    }

    /** True for TLS 1.3, which alone has padding, inner types and KeyUpdate. */
    public boolean isTls13() {
        return version == ProtocolVersion.TLS_1_3;
    }

    @Override
    public String toString() {
        return version.label() + " " + suite.kernelName();
    }
}
