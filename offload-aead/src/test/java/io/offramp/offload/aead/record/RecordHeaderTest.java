package io.offramp.offload.aead.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.offramp.offload.error.OffloadException;
import io.offramp.offload.record.AlertDescription;
import io.offramp.offload.record.RecordFormat;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RecordHeaderTest {
    @ParameterizedTest
    @CsvSource({
        "TLS_1_3,           1403030001, UNEXPECTED_MESSAGE", // change_cipher_spec has no place behind the handshake
        "TLS_1_3,           1503030020, UNEXPECTED_MESSAGE",
        "TLS_1_3,           4745542020, UNEXPECTED_MESSAGE", // "GET  "
        "TLS_1_2_GCM,       1303030020, UNEXPECTED_MESSAGE",
        "TLS_1_2_GCM,       1803030020, UNEXPECTED_MESSAGE",
        "TLS_1_3,           1703010020, DECODE_ERROR",
        "TLS_1_2_CHACHA20,  1703040020, DECODE_ERROR",
        "TLS_1_3,           1703034101, RECORD_OVERFLOW",
        "TLS_1_2_GCM,       1703034019, RECORD_OVERFLOW",
        "TLS_1_2_CHACHA20,  1703034011, RECORD_OVERFLOW",
        "TLS_1_3,           170303ffff, RECORD_OVERFLOW",
        "TLS_1_3,           1703030010, BAD_RECORD_MAC",
        "TLS_1_2_GCM,       1703030017, BAD_RECORD_MAC",
        "TLS_1_2_CHACHA20,  170303000f, BAD_RECORD_MAC",
        "TLS_1_3,           1703030000, BAD_RECORD_MAC",
    })
    void shouldRefuseAHeaderWithItsAlert(RecordFormat format, String header, AlertDescription alert) {
        OffloadException refusal =
                catchThrowableOfType(OffloadException.class, () -> RecordHeader.check(format, wire(header), 0));

        assertThat(refusal.alert()).contains(alert);
    }

    @ParameterizedTest
    @EnumSource
    void shouldTakeTheLargestAndTheSmallestFragment(RecordFormat format) {
        ByteBuf wire = wire("0000000000");

        for (int fragmentBytes : new int[] {format.minFragmentBytes(), format.maxFragmentBytes()}) {
            RecordHeader.write(wire, 0, 23, fragmentBytes);

            assertThat(RecordHeader.check(format, wire, 0)).isEqualTo(5 + fragmentBytes);
            assertThat(RecordHeader.fragmentBytes(wire, 0)).isEqualTo(fragmentBytes);
        }
    }

    @Test
    void shouldTakeEveryTypeOfTls12() {
        for (String type : new String[] {"14", "15", "16", "17"}) {
            assertThat(RecordHeader.check(RecordFormat.TLS_1_2_GCM, wire(type + "03030020"), 0))
                    .isEqualTo(5 + 32);
        }
    }

    private static ByteBuf wire(String header) {
        return Unpooled.wrappedBuffer(HexFormat.of().parseHex(header));
    }
}
