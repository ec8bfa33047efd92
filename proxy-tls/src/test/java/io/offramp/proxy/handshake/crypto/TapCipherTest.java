package io.offramp.proxy.handshake.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.ProtocolVersion;
import io.offramp.offload.record.RecordFormat;
import java.io.IOException;
import java.security.SecureRandom;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.crypto.TlsDecodeResult;
import org.bouncycastle.tls.crypto.TlsEncodeResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Protected records in mid-handshake, held to the same rules as those of a session. */
class TapCipherTest {
    private static final int MAX = RecordFormat.MAX_PLAINTEXT_BYTES;

    /** RFC 8446 §5.4, RFC 5246 §6.2.1. */
    @ParameterizedTest
    @CsvSource({"TLS_1_3, 21", "TLS_1_3, 22", "TLS_1_3, 20", "TLS_1_2, 21", "TLS_1_2, 22"})
    void shouldRefuseARecordWithoutContentAsUnexpected(ProtocolVersion version, short type) {
        assertThatThrownBy(() -> through(version, type, new byte[1], 0))
                .isInstanceOfSatisfying(
                        TlsFatalAlert.class,
                        alert ->
                                assertThat(alert.getAlertDescription()).isEqualTo(AlertDescription.unexpected_message));
    }

    @Test
    void shouldRefuseNothingButPaddingAsUnexpected() {
        assertThatThrownBy(() -> through(ProtocolVersion.TLS_1_3, (short) 0, new byte[10], 9))
                .isInstanceOfSatisfying(
                        TlsFatalAlert.class,
                        alert ->
                                assertThat(alert.getAlertDescription()).isEqualTo(AlertDescription.unexpected_message));
    }

    /** RFC 8446 §5.4: "the full encoded TLSInnerPlaintext MUST NOT exceed 2^14 + 1 octets". */
    @Test
    void shouldRefuseContentTypeAndPaddingThatAreTooLong() throws Exception {
        byte[] padded = new byte[MAX + 2];
        padded[0] = 1;
        padded[1] = 22;

        assertThat(through(ProtocolVersion.TLS_1_3, (short) 0, padded, MAX).len).isEqualTo(1);
        assertThatThrownBy(() -> through(ProtocolVersion.TLS_1_3, (short) 0, padded, MAX + 1))
                .isInstanceOfSatisfying(
                        TlsFatalAlert.class,
                        alert -> assertThat(alert.getAlertDescription()).isEqualTo(AlertDescription.record_overflow));
    }

    /** Sealed by a peer, opened by us. In TLS 1.3 a type of 0 is one more zero of the padding. */
    private static TlsDecodeResult through(ProtocolVersion version, short type, byte[] content, int length)
            throws IOException {
        TrafficKeys keys = keys(version);
        TapCipher peer = new TapCipher(keys, keys.copyAt(0), false);
        TapCipher own = new TapCipher(keys.copyAt(0), keys.copyAt(0), false);
        org.bouncycastle.tls.ProtocolVersion wire = org.bouncycastle.tls.ProtocolVersion.TLSv12;
        TlsEncodeResult sealed = peer.encodePlaintext(0, type, wire, 0, content, 0, length);
        return own.decodeCiphertext(0, sealed.recordType, wire, sealed.buf, sealed.off, sealed.len);
    }

    private static TrafficKeys keys(ProtocolVersion version) {
        byte[] key = new byte
                [AeadSuite.AES_128_GCM
                        .keyBytes()]; // another each time, for the JDK seals nothing under the same nonce again
        new SecureRandom().nextBytes(key);
        return new TrafficKeys(
                version, AeadSuite.AES_128_GCM, key, new byte[TrafficKeys.ivBytes(version, AeadSuite.AES_128_GCM)], 0);
    }
}
