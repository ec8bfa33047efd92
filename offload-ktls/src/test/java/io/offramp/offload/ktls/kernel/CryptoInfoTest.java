package io.offramp.offload.ktls.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.ProtocolVersion;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class CryptoInfoTest {
    private static final long SEQUENCE = 0x0102030405060708L;

    @Test
    void shouldSplitTheIvOfTls13IntoSaltAndRest() {
        assertThat(hex(ProtocolVersion.TLS_1_3, AeadSuite.AES_128_GCM))
                .isEqualTo(u16(0x0304) + u16(51) + "c4c5c6c7c8c9cacb" + "00".repeat(15) + "0f" + "c0c1c2c3"
                        + "0102030405060708");
        assertThat(hex(ProtocolVersion.TLS_1_3, AeadSuite.AES_256_GCM))
                .isEqualTo(u16(0x0304) + u16(52) + "c4c5c6c7c8c9cacb" + "00".repeat(31) + "1f" + "c0c1c2c3"
                        + "0102030405060708");
    }

    @Test
    void shouldTakeTheSequenceForTheExplicitNonceOfTls12() {
        assertThat(hex(ProtocolVersion.TLS_1_2, AeadSuite.AES_128_GCM))
                .isEqualTo(u16(0x0303) + u16(51) + "0102030405060708" + "00".repeat(15) + "0f" + "c0c1c2c3"
                        + "0102030405060708");
    }

    @Test
    void shouldKeepTheIvOfChacha20Whole() {
        for (ProtocolVersion version : ProtocolVersion.values()) {
            assertThat(hex(version, AeadSuite.CHACHA20_POLY1305))
                    .isEqualTo(u16(version.code()) + u16(54) + "c0c1c2c3c4c5c6c7c8c9cacb" + "00".repeat(31) + "1f"
                            + "0102030405060708");
        }
    }

    /** From there it is read back, too. */
    @Test
    void shouldEndInTheSequence() {
        for (AeadSuite suite : AeadSuite.values()) {
            byte[] info = CryptoInfo.of(keys(ProtocolVersion.TLS_1_3, suite));

            assertThat(info).hasSize(CryptoInfo.bytes(suite)).hasSize(suite == AeadSuite.AES_128_GCM ? 40 : 56);
            assertThat(ByteBuffer.wrap(info).getLong(info.length - Long.BYTES)).isEqualTo(SEQUENCE);
        }
    }

    private static String hex(ProtocolVersion version, AeadSuite suite) {
        return HexFormat.of().formatHex(CryptoInfo.of(keys(version, suite)));
    }

    private static TrafficKeys keys(ProtocolVersion version, AeadSuite suite) {
        byte[] key = new byte[suite.keyBytes()];
        key[key.length - 1] = (byte) (key.length - 1);
        byte[] iv = new byte[TrafficKeys.ivBytes(version, suite)];
        for (int i = 0; i < iv.length; i++) {
            iv[i] = (byte) (0xc0 + i);
        }
        return new TrafficKeys(version, suite, key, iv, SEQUENCE);
    }

    /** In the machine's byte order. */
    private static String u16(int value) {
        boolean little = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
        return HexFormat.of().toHexDigits((short) (little ? Short.reverseBytes((short) value) : value));
    }
}
