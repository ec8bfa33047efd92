package io.offramp.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.util.Random;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A bit that flips on the way to us: bad_record_mac, the connection closed, the failure counted, nothing of it at the
 * upstream.
 */
class TamperedRecordIT {
    /** Far behind any ClientHello and Finished, in the middle of the upload. */
    private static final int HANDSHAKE_BYTES = 4_000;

    private static final int UPLOAD_BYTES = 200_000;

    /** A flipped length may swallow as much before the record is complete. */
    private static final int TAIL_BYTES = 40_000;

    @ParameterizedTest(name = "{0} {1} rx={2}")
    @CsvSource({
        "TLSv1.3, TLS_AES_128_GCM_SHA256, SW",
        "TLSv1.3, TLS_AES_128_GCM_SHA256, HW",
        "TLSv1.3, TLS_CHACHA20_POLY1305_SHA256, SW",
        "TLSv1.2, TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, SW",
        "TLSv1.2, TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, HW",
        "TLSv1.3, TLS_AES_128_GCM_SHA256, HW_RECORD"
    })
    void shouldCloseWithBadRecordMacWhereverTheBitIs(String version, String suite, OffloadMode rx) throws Exception {
        long seed = (version + suite + rx).hashCode();
        Random random = new Random(seed);
        for (int i = 0; i < 10; i++) {
            long bit = 8L * (HANDSHAKE_BYTES + random.nextInt(UPLOAD_BYTES - HANDSHAKE_BYTES - TAIL_BYTES))
                    + random.nextInt(8);
            try (RunningProxy proxy = RunningProxy.http(rx == OffloadMode.HW_RECORD ? rx : OffloadMode.SW, rx);
                    FragmentingRelay relay = new FragmentingRelay(proxy.address(), seed + i, bit);
                    SSLSocket socket = Clients.connect(relay.address(), version, suite)) {
                assertThatThrownBy(() -> Clients.post(socket, "/sha256", UPLOAD_BYTES, seed))
                        .as("seed %d, bit %d", seed, bit)
                        .isInstanceOfAny(SSLException.class, IOException.class);

                await().untilAsserted(() -> assertThat(proxy.connections()).isEmpty());
                assertThat(proxy.metric("offramp_tls_record_errors_total")).isEqualTo(1);
                assertThat(proxy.metric("offramp_tls_alerts_total")).isGreaterThanOrEqualTo(1);
            }
        }
    }
}
