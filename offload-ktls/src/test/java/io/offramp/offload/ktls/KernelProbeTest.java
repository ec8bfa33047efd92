package io.offramp.offload.ktls;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.ProtocolVersion;
import io.offramp.offload.tck.ReferenceRecords;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class KernelProbeTest {
    /** What the kernel is to open is a record by the standard, so that it is the kernel that is tried. */
    @Test
    void shouldTryTheKernelWithARecordByTheStandard() {
        for (ProtocolVersion version : ProtocolVersion.values()) {
            for (AeadSuite suite : AeadSuite.values()) {
                TrafficKeys keys = new TrafficKeys(
                        version, suite, new byte[suite.keyBytes()], new byte[TrafficKeys.ivBytes(version, suite)], 0);

                assertThat(KernelProbe.record(version, suite))
                        .isEqualTo(new ReferenceRecords(keys)
                                .seal(23, "kernel TLS probe".getBytes(StandardCharsets.US_ASCII)));
            }
        }
    }
}
