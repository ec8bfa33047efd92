package io.offramp.offload.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.ProtocolVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ReferenceRecordsTest {
    @Test
    void shouldMakeTheClientRecordsOfRfc8448Section3() {
        ReferenceRecords client = new ReferenceRecords(Rfc8448.section3ClientKeys());

        assertThat(client.seal(23, Rfc8448.section3Payload())).isEqualTo(Rfc8448.SECTION_3_CLIENT_DATA_RECORD);
        assertThat(client.seal(21, Rfc8448.CLOSE_NOTIFY)).isEqualTo(Rfc8448.SECTION_3_CLIENT_ALERT_RECORD);
    }

    @Test
    void shouldMakeTheServerRecordsOfRfc8448Section3() {
        ReferenceRecords server = new ReferenceRecords(Rfc8448.section3ServerKeys());

        assertThat(server.seal(23, Rfc8448.section3Payload())).isEqualTo(Rfc8448.SECTION_3_SERVER_DATA_RECORD);
        assertThat(server.seal(21, Rfc8448.CLOSE_NOTIFY)).isEqualTo(Rfc8448.SECTION_3_SERVER_ALERT_RECORD);
    }

    @ParameterizedTest
    @MethodSource("io.offramp.offload.tck.Protection#all")
    void shouldMakeRecordsOfTheFormatsSize(Protection protection) {
        ReferenceRecords records = new ReferenceRecords(keys(protection));

        byte[] wire = records.sealAll(23, new byte[250], 100);

        assertThat(wire).hasSize(protection.format().sealedBytes(250, 100));
        assertThat(records.sequence()).isEqualTo(4);
    }

    @Test
    void shouldSendTheSequenceAsExplicitNonceInTls12Gcm() {
        byte[] record = new ReferenceRecords(keys(new Protection(ProtocolVersion.TLS_1_2, AeadSuite.AES_128_GCM)))
                .seal(23, new byte[3]);

        assertThat(record).startsWith(23, 3, 3, 0, 8 + 3 + 16, 0, 0, 0, 0, 0, 0, 0, 1);
    }

    private static TrafficKeys keys(Protection protection) {
        return new TrafficKeys(
                protection.version(),
                protection.suite(),
                new byte[protection.suite().keyBytes()],
                new byte[TrafficKeys.ivBytes(protection.version(), protection.suite())],
                1);
    }
}
