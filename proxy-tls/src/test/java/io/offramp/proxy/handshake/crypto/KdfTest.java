package io.offramp.proxy.handshake.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class KdfTest {
    private static final byte[] INPUT_KEY = filled(22, 0x0b);

    /** RFC 5869 §A.1: the output ends within a block. */
    @Test
    void shouldExpandToAPartOfABlock() {
        byte[] salt = hex("000102030405060708090a0b0c");
        byte[] info = hex("f0f1f2f3f4f5f6f7f8f9");

        byte[] expanded = Kdf.SHA_256.expand(Kdf.SHA_256.extract(salt, INPUT_KEY), info, 42);

        assertThat(expanded)
                .isEqualTo(hex(
                        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf" + "34007208d5b887185865"));
    }

    /** RFC 5869 §A.3. */
    @Test
    void shouldTakeAnEmptySaltAndAnEmptyInfo() {
        byte[] expanded = Kdf.SHA_256.expand(Kdf.SHA_256.extract(new byte[0], INPUT_KEY), new byte[0], 42);

        assertThat(expanded)
                .isEqualTo(hex(
                        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d" + "9d201395faa4b61a96c8"));
    }

    private static byte[] filled(int bytes, int value) {
        byte[] filled = new byte[bytes];
        Arrays.fill(filled, (byte) value);
        return filled;
    }

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits);
    }
}
