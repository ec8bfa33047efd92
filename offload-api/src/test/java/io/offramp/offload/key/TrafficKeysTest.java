package io.offramp.offload.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.offramp.offload.record.ProtocolVersion;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class TrafficKeysTest {
    private static final byte[] IV = HexFormat.of().parseHex("0102030485060708090a0b0c");

    @Test
    void shouldSplitTheIvIntoNonceHeadAndMask() {
        TrafficKeys keys = new TrafficKeys(ProtocolVersion.TLS_1_3, AeadSuite.AES_128_GCM, new byte[16], IV.clone(), 7);

        assertThat(keys.nonceHead()).isEqualTo(0x01020304);
        assertThat(keys.nonceTailMask()).isEqualTo(0x85060708090a0b0cL);
    }

    @Test
    void shouldHaveNoMaskWhereTheNonceIsExplicit() {
        byte[] salt = {1, 2, 3, (byte) 0x84};
        TrafficKeys keys = new TrafficKeys(ProtocolVersion.TLS_1_2, AeadSuite.AES_256_GCM, new byte[32], salt, 1);

        assertThat(keys.nonceHead()).isEqualTo(0x01020384);
        assertThat(keys.nonceTailMask()).isZero();
    }

    @Test
    void shouldWipeBothArraysWhenDestroyed() {
        byte[] key = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
        byte[] iv = IV.clone();
        TrafficKeys keys = new TrafficKeys(ProtocolVersion.TLS_1_3, AeadSuite.AES_128_GCM, key, iv, 0);

        keys.destroy();

        assertThat(key).containsOnly(0);
        assertThat(iv).containsOnly(0);
        assertThat(keys.isDestroyed()).isTrue();
        assertThatThrownBy(keys::dangerousKey).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> keys.copyAt(1)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void shouldKeepTheOriginalWhenCopied() {
        TrafficKeys keys = new TrafficKeys(ProtocolVersion.TLS_1_3, AeadSuite.AES_128_GCM, new byte[16], IV.clone(), 3);

        TrafficKeys copy = keys.copyAt(9);
        copy.destroy();

        assertThat(keys.nextSequence()).isEqualTo(3);
        assertThat(keys.dangerousIv()).isEqualTo(IV);
    }

    @Test
    void shouldNeverPrintASecret() {
        byte[] key = HexFormat.of().parseHex("deadbeefdeadbeefdeadbeefdeadbeef");
        TrafficKeys keys = new TrafficKeys(ProtocolVersion.TLS_1_3, AeadSuite.AES_128_GCM, key, IV.clone(), 0);

        assertThat(keys.toString()).isEqualTo("TrafficKeys[1.3 aes-gcm-128 seq=0 redacted]");
    }

    @Test
    void shouldRefuseWrongLengths() {
        assertThatThrownBy(() ->
                        new TrafficKeys(ProtocolVersion.TLS_1_3, AeadSuite.AES_256_GCM, new byte[16], IV.clone(), 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("key is 16 bytes, AES_256_GCM takes 32");
        assertThatThrownBy(() ->
                        new TrafficKeys(ProtocolVersion.TLS_1_2, AeadSuite.AES_128_GCM, new byte[16], IV.clone(), 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("IV is 12 bytes, TLS_1_2 with AES_128_GCM takes 4");
    }
}
