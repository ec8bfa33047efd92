package io.offramp.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Sizes of records on the wire, as clients and the histogram see them. */
class RecordSizeIT {
    private static final String SENT = "offramp_tls_record_bytes_bucket";
    private static final String KEY_UPDATES = "offramp_tls_key_updates_total";

    /** gnutls-cli ends with record_overflow if a record holds more than it asked for. */
    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "VERS-TLS1.3, SW", "VERS-TLS1.3, HW", "VERS-TLS1.3, HW_RECORD",
        "VERS-TLS1.2, SW", "VERS-TLS1.2, HW", "VERS-TLS1.2, HW_RECORD",
    })
    void shouldSendGnutlsNoMoreThanItAskedFor(String version, OffloadMode policy) throws Exception {
        try (RunningProxy proxy = RunningProxy.http(policy, policy);
                GnutlsClient gnutls = new GnutlsClient(proxy.port(), version, 512)) {
            await().until(() -> proxy.metric("offramp_handshakes_total") == 1);

            gnutls.type("GET /bytes/300000 HTTP/1.1\r\nHost: localhost\r\n\r");
            await().until(() -> gnutls.outputBytes() > 300_000);
            if (version.endsWith("1.3")) {
                gnutls.type("^rekey^");
                await().until(() -> proxy.metric(KEY_UPDATES, "sent") == 1);
            }
            gnutls.type("GET /bytes/300000 HTTP/1.1\r\nHost: localhost\r\n\r");
            await().until(() -> gnutls.outputBytes() > 600_000);

            assertThat(sent(proxy, "512.0")).isGreaterThan(1170).isEqualTo(sent(proxy, "+Inf"));
            assertThat(proxy.metric("offramp_tls_alerts_total", "received")).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SW", "HW", "HW_RECORD"})
    void shouldStartWithShortRecordsAndAgainAfterAPause(OffloadMode policy) throws Exception {
        try (RunningProxy proxy = RunningProxy.http(policy, policy);
                SSLSocket socket = Clients.connect(proxy.address(), "TLSv1.3", "TLS_AES_128_GCM_SHA256")) {
            assertThat(Clients.getHash(socket, "/bytes/2000000")).isEqualTo(proxy.upstreamHash("/bytes/2000000"));
            double shortAtFirst = sent(proxy, "1400.0");
            assertThat(Clients.getHash(socket, "/bytes/2000000")).isEqualTo(proxy.upstreamHash("/bytes/2000000"));
            double shortWithoutAPause = sent(proxy, "1400.0") - shortAtFirst;
            await().pollDelay(Duration.ofMillis(1100)).until(() -> true);
            assertThat(Clients.getHash(socket, "/bytes/2000000")).isEqualTo(proxy.upstreamHash("/bytes/2000000"));
            double shortAfterAPause = sent(proxy, "1400.0") - shortAtFirst - shortWithoutAPause;

            assertThat(shortAtFirst)
                    .as("64 KiB in 1369 bytes each, and ends of reads")
                    .isBetween(48.0, 75.0);
            assertThat(shortWithoutAPause).as("heads, and ends of reads").isLessThan(25);
            assertThat(shortAfterAPause).isBetween(48.0, 75.0);
            assertThat(sent(proxy, "+Inf") - sent(proxy, "8192.0"))
                    .as("full ones")
                    .isGreaterThan(300);
        }
    }

    /** RFC 6066 §4. */
    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({"TLSv1.3, SW", "TLSv1.3, HW", "TLSv1.2, SW", "TLSv1.2, HW"})
    void shouldSendJsseNoLongerFragmentsThanItAskedFor(String version, OffloadMode policy) throws Exception {
        try (RunningProxy proxy = RunningProxy.http(policy, policy)) {
            String printed = FragmentLengthClient.run(proxy.address(), version, "/bytes/300000");

            assertThat(printed)
                    .contains("max_fragment_length (1)")
                    .contains("hash " + proxy.upstreamHash("/bytes/300000"));
            assertThat(sent(proxy, "+Inf") - sent(proxy, "1400.0"))
                    .as("longer records")
                    .isZero();
        }
    }

    private static double sent(RunningProxy proxy, String upTo) throws Exception {
        return proxy.metric(SENT, "direction=\"tx\"", "le=\"" + upTo + "\"");
    }
}
