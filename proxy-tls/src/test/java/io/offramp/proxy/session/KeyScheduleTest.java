package io.offramp.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.key.TrafficKeys;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Random;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Compared with HKDF-Expand-Label (RFC 8446 §7.1) written out over HMAC (RFC 5869 §2.3). */
class KeyScheduleTest {
    @ParameterizedTest
    @CsvSource({"AES_128_GCM, SHA-256, 32", "AES_256_GCM, SHA-384, 48", "CHACHA20_POLY1305, SHA-256, 32"})
    void shouldDeriveEachGenerationFromTheOneBefore(AeadSuite suite, String hash, int hashBytes) throws Exception {
        byte[] secret = new byte[hashBytes];
        new Random(8446).nextBytes(secret);
        KeySchedule schedule = new KeySchedule(suite, hash, secret);

        for (int generation = 0; generation < 3; generation++) {
            TrafficKeys keys = schedule.next();

            secret = expand(hash, secret, "tls13 traffic upd", hashBytes);
            assertThat(keys.dangerousKey()).isEqualTo(expand(hash, secret, "tls13 key", suite.keyBytes()));
            assertThat(keys.dangerousIv()).isEqualTo(expand(hash, secret, "tls13 iv", 12));
            assertThat(keys.nextSequence()).isZero();
        }
    }

    private static byte[] expand(String hash, byte[] secret, String label, int bytes) throws GeneralSecurityException {
        String hmac = "Hmac" + hash.replace("-", "");
        Mac mac = Mac.getInstance(hmac);
        mac.init(new SecretKeySpec(secret, hmac));
        byte[] info = ByteBuffer.allocate(64)
                .putShort((short) bytes)
                .put((byte) label.length())
                .put(label.getBytes(StandardCharsets.US_ASCII))
                .put((byte) 0)
                .array();
        mac.update(info, 0, 4 + label.length());
        mac.update((byte) 1);
        return Arrays.copyOf(mac.doFinal(), bytes);
    }
}
