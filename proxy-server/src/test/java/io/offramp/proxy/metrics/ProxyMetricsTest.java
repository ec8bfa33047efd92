package io.offramp.proxy.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.PooledByteBufAllocator;
import io.offramp.offload.DeclineReason;
import io.offramp.offload.OffloadProvider;
import io.offramp.offload.RecordMode;
import io.offramp.offload.RecordOffload;
import io.offramp.offload.SessionInfo;
import io.offramp.offload.counter.OffloadCounter;
import io.offramp.offload.error.RecordAuthenticationException;
import io.offramp.offload.record.Direction;
import io.offramp.proxy.connection.TestConnections;
import io.offramp.proxy.handshake.certificate.DevelopmentCertificate;
import io.offramp.proxy.handshake.certificate.ServerIdentity;
import io.offramp.proxy.session.CarriedMeter;
import io.offramp.proxy.tls.HandshakeFailure;
import io.offramp.proxy.tls.Negotiated;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProxyMetricsTest {
    private static final SessionInfo DEVICE = new SessionInfo("device", RecordMode.HW, "tis=1 dek=2");
    private static final SessionInfo SOFTWARE = new SessionInfo("sw", RecordMode.SW, "libcrypto");

    private final ProxyMetrics metrics = new ProxyMetrics();

    @AfterEach
    void close() {
        metrics.close();
    }

    @Test
    void shouldShowWhenTheCertificatesInUseExpire(@TempDir Path directory) throws Exception {
        // Given
        Path first = DevelopmentCertificate.create(directory.resolve("first"));
        Path second = DevelopmentCertificate.create(directory.resolve("second"));
        ServerIdentity replaced = ServerIdentity.load(first, first);
        ServerIdentity inUse = ServerIdentity.load(second, second);
        ListenerMetrics web = metrics.listener("web");

        // When
        web.onCertificates(List.of(replaced));
        web.onCertificates(List.of(inUse));

        // Then
        String scraped = scrape();
        String row = "offramp_certificate_not_after_seconds{listener=\"web\",name=\"localhost\",serial=\""
                + inUse.serial() + "\"} ";
        assertThat(scraped).contains(row).doesNotContain(replaced.serial());
        String value = scraped.substring(scraped.indexOf(row) + row.length())
                .lines()
                .findFirst()
                .orElseThrow();
        assertThat((long) Double.parseDouble(value)).isEqualTo(inUse.notAfter().getEpochSecond());
    }

    @Test
    void shouldShowRecordSizesInAHistogram() throws IOException {
        // Given
        CarriedMeter tx = metrics.tls().onInstalled(Direction.TX, DEVICE);
        CarriedMeter rx = metrics.tls().onInstalled(Direction.RX, SOFTWARE);

        // When
        tx.addSized(1000, 3);
        tx.addSized(3616, 1);
        tx.addSized(7000, 1);
        tx.addSized(16_384, 1);
        rx.addSized(200, 1);
        rx.addSized(1200, 4);
        rx.addSized(16_384, 3);

        // Then
        assertThat(scrape())
                .contains("offramp_tls_record_bytes_bucket{direction=\"tx\",le=\"512.0\"} 0\n")
                .contains("offramp_tls_record_bytes_bucket{direction=\"tx\",le=\"1400.0\"} 3\n")
                .contains("offramp_tls_record_bytes_bucket{direction=\"tx\",le=\"4096.0\"} 4\n")
                .contains("offramp_tls_record_bytes_bucket{direction=\"tx\",le=\"8192.0\"} 5\n")
                .contains("offramp_tls_record_bytes_bucket{direction=\"tx\",le=\"16384.0\"} 6\n")
                .contains("offramp_tls_record_bytes_count{direction=\"tx\"} 6\n")
                .contains("offramp_tls_record_bytes_sum{direction=\"tx\"} 30000.0\n")
                .contains("offramp_tls_record_bytes_bucket{direction=\"rx\",le=\"512.0\"} 1\n")
                .contains("offramp_tls_record_bytes_bucket{direction=\"rx\",le=\"1400.0\"} 5\n")
                .contains("offramp_tls_record_bytes_bucket{direction=\"rx\",le=\"+Inf\"} 8\n")
                .contains("offramp_tls_record_bytes_sum{direction=\"rx\"} " + (5000.0 + 16_384 * 3) + "\n");
    }

    @Test
    void shouldAllocateNothingToCountRecords() {
        // Given
        CarriedMeter tx = metrics.tls().onInstalled(Direction.TX, DEVICE);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int i = 0; i < 1000; i++) {
            tx.add(1, i);
            tx.addSized(i, 1);
        }

        // When
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 10_000; i++) {
            tx.add(1, i);
            tx.addSized(i, 1);
        }

        // Then
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(10_000);
    }

    @Test
    void shouldCountServersThatAreNotVerifiedFromAReloadOn() throws IOException {
        // Given
        Negotiated tls =
                Objects.requireNonNull(TestConnections.established(1, "a").tls());

        // When
        metrics.upstreamTls("api").onHandshaken(tls, 1_000_000, true);
        metrics.upstreamTls("api").onHandshaken(tls, 1_000_000, false);

        // Then
        assertThat(scrape()).contains("offramp_upstream_unverified_total{upstream=\"api\"} 1.0");
    }

    @Test
    void shouldCountConnectionsAndHandshakesByListener() throws IOException {
        // Given
        ListenerMetrics web = metrics.listener("web");
        Negotiated tls =
                Objects.requireNonNull(TestConnections.established(1, "a").tls());

        // When
        web.onAccepted();
        web.onAccepted();
        web.onClosed();
        web.onRefused(ConnectionRefusal.CONNECTIONS_PER_ADDRESS);
        web.onHandshaken(tls, 3_000_000);
        web.onHandshakeFailed(HandshakeFailure.Reason.PLAIN_HTTP);
        web.onRequest(204);
        web.onRequest(499);

        // Then
        assertThat(scrape())
                .contains("offramp_connections_total{listener=\"web\"} 2.0")
                .contains("offramp_connections_active{listener=\"web\"} 1.0")
                .contains("offramp_connections_refused_total{listener=\"web\",reason=\"connections_per_address\"} 1.0")
                .contains(
                        "offramp_handshakes_total{cipher=\"TLS_AES_128_GCM_SHA256\",listener=\"web\",resumed=\"true\","
                                + "version=\"1.3\"} 1.0")
                .contains("offramp_handshake_failures_total{listener=\"web\",reason=\"plain_http\"} 1.0")
                .contains("offramp_handshake_duration_seconds_bucket{listener=\"web\",le=\"0.005\"} 1")
                .contains("offramp_http_requests_total{listener=\"web\",status=\"2xx\"} 1.0")
                .contains("offramp_http_requests_total{listener=\"web\",status=\"4xx\"} 1.0")
                .contains("offramp_http_requests_total{listener=\"web\",status=\"5xx\"} 0.0");
        assertThat(metrics.listener("web")).isSameAs(web);
    }

    @Test
    void shouldCountWhatHappensInSessions() throws IOException {
        // When
        TlsMetrics tls = metrics.tls();
        CarriedMeter software = tls.onInstalled(Direction.TX, SOFTWARE);
        software.add(60, 1_000_000);
        software.add(4, 48_576);
        software.onReleased();
        tls.onInstalled(Direction.TX, DEVICE);
        tls.onMoved(Direction.TX, SOFTWARE, DEVICE, "auto: 1.0 MiB in 64 records");
        tls.onDeclined(Direction.RX, "device", DeclineReason.CAPACITY);
        tls.onAlertSent("bad_record_mac");
        tls.onAlertReceived("close_notify");
        tls.onKeyUpdate(Direction.RX);
        tls.onFault(Direction.RX, new RecordAuthenticationException("record 7"));
        tls.onTruncated();

        // Then
        assertThat(scrape())
                .contains("offramp_tls_sessions{backend=\"sw\",direction=\"tx\",mode=\"sw\"} 0.0")
                .contains("offramp_tls_sessions{backend=\"device\",direction=\"tx\",mode=\"hw\"} 1.0")
                .contains("offramp_tls_sessions_installed_total{backend=\"sw\",direction=\"tx\",mode=\"sw\"} 1.0")
                .contains("offramp_tls_records_total{backend=\"sw\",direction=\"tx\",mode=\"sw\"} 64.0")
                .contains("offramp_tls_bytes_total{backend=\"sw\",direction=\"tx\",mode=\"sw\"} 1048576.0")
                .contains("offramp_tls_moves_total{direction=\"tx\",from=\"sw\",reason=\"promoted\",to=\"device\"} 1.0")
                .contains("offramp_tls_declines_total{backend=\"device\",direction=\"rx\",reason=\"capacity\"} 1.0")
                .contains("offramp_tls_alerts_total{description=\"bad_record_mac\",direction=\"sent\"} 1.0")
                .contains("offramp_tls_alerts_total{description=\"close_notify\",direction=\"received\"} 1.0")
                .contains("offramp_tls_key_updates_total{direction=\"received\"} 1.0")
                .contains("offramp_tls_record_errors_total{direction=\"rx\",error=\"bad_record_mac\"} 1.0")
                .contains("offramp_tls_truncated_closes_total 1.0");
    }

    @Test
    void shouldTellWhyASessionMoved() {
        assertThat(MoveReason.of(SOFTWARE, DEVICE)).isEqualTo(MoveReason.PROMOTED);
        assertThat(MoveReason.of(DEVICE, SOFTWARE)).isEqualTo(MoveReason.DEGRADED);
        assertThat(MoveReason.of(SOFTWARE, SOFTWARE)).isEqualTo(MoveReason.DECLINED);
    }

    @Test
    void shouldCountUpstreams() throws IOException {
        // When
        UpstreamMetrics app = metrics.upstream("app");
        app.onConnected(2_000_000);
        app.onConnectFailed();
        app.onRetried();
        app.onPoolHit();

        // Then
        assertThat(scrape())
                .contains("offramp_upstream_connect_duration_seconds_count{upstream=\"app\"} 1")
                .contains("offramp_upstream_connect_failures_total{upstream=\"app\"} 1.0")
                .contains("offramp_upstream_retries_total{upstream=\"app\"} 1.0")
                .contains("offramp_upstream_pool_hits_total{upstream=\"app\"} 1.0");
    }

    @Test
    void shouldKeepTheKernelsNamesWhenABackendCounts() throws IOException {
        // Given
        OffloadCounter packets = new OffloadCounter(
                "tx_tls_encrypted_packets", "Packets encrypted", OffloadCounter.Kind.COUNTER, () -> 12);
        OffloadCounter current =
                new OffloadCounter("tls_curr_tx_device", "TX sessions now", OffloadCounter.Kind.GAUGE, () -> 3);

        // When
        metrics.bind(new CountingBackend("device", List.of(packets, current)));
        metrics.bind(new CountingBackend("other", List.of(packets)));

        // Then
        assertThat(scrape())
                .contains("# HELP tx_tls_encrypted_packets Packets encrypted")
                .contains("tx_tls_encrypted_packets{backend=\"device\"} 12.0")
                .contains("tx_tls_encrypted_packets{backend=\"other\"} 12.0")
                .contains("# TYPE tls_curr_tx_device gauge")
                .contains("tls_curr_tx_device{backend=\"device\"} 3.0");
        assertThat(metrics.tlsStat())
                .contains("tx_tls_encrypted_packets        \t24\n")
                .contains("TlsCurrTxDevice                 \t0\n")
                .doesNotContain("tls_curr_tx_device");
    }

    @Test
    void shouldPublishEveryCounterOfTheBackendsThatAreThere() throws IOException {
        ServiceLoader<OffloadProvider> providers = ServiceLoader.load(OffloadProvider.class);
        assertThat(providers).isNotEmpty();
        for (OffloadProvider provider : providers) {
            try (RecordOffload backend = provider.open(Map.of())) {
                // When
                metrics.bind(backend);

                // Then
                String label = "{backend=\"" + backend.name() + "\"} ";
                assertThat(backend.counters()).isNotEmpty();
                assertThat(scrape())
                        .contains(backend.counters().stream()
                                .map(counter -> BaseUnit.of(counter.name()).name() + label)
                                .toList());
            }
        }
    }

    @Test
    void shouldPublishCountersInBaseUnits() {
        assertThat(BaseUnit.of("device_cpu_ns")).isEqualTo(new BaseUnit("device_cpu_seconds", 1e9));
        assertThat(BaseUnit.of("device_bits_per_second")).isEqualTo(new BaseUnit("device_bytes_per_second", 8));
        assertThat(BaseUnit.of("tx_tls_encrypted_bytes")).isEqualTo(new BaseUnit("tx_tls_encrypted_bytes", 1));
    }

    @Test
    void shouldCountAnswersByStatusAndTimeThemInBuckets() throws IOException {
        // When
        ListenerMetrics web = metrics.listener("web");
        web.onRequest(404);
        web.onRequest(404);
        web.onRequest(200);
        web.onRequest(99_999);
        UpstreamMetrics app = metrics.upstream("app");
        app.onAnswer(503, TimeUnit.MILLISECONDS.toNanos(15));
        app.onConnected(TimeUnit.MILLISECONDS.toNanos(3));

        // Then
        assertThat(scrape())
                .contains(
                        "offramp_http_answers_total{listener=\"web\",status=\"404\"} 2.0",
                        "offramp_http_answers_total{listener=\"web\",status=\"200\"} 1.0",
                        "offramp_http_answers_total{listener=\"web\",status=\"599\"} 1.0",
                        "offramp_upstream_answers_total{status=\"503\",upstream=\"app\"} 1.0",
                        "offramp_upstream_answer_duration_seconds_bucket{upstream=\"app\",le=\"0.01\"} 0",
                        "offramp_upstream_answer_duration_seconds_bucket{upstream=\"app\",le=\"0.02\"} 1",
                        "offramp_upstream_connect_duration_seconds_bucket{upstream=\"app\",le=\"0.002\"} 0",
                        "offramp_upstream_connect_duration_seconds_bucket{upstream=\"app\",le=\"0.005\"} 1");
    }

    @Test
    void shouldPublishTheVersion() throws IOException {
        metrics.bindBuild("1.2.3");

        assertThat(scrape()).contains("offramp_build_info{java=\"" + Runtime.version() + "\",version=\"1.2.3\"} 1");
    }

    @Test
    void shouldFillTheKernelsPageFromSessions() {
        // When
        metrics.tls().onInstalled(Direction.TX, DEVICE);
        metrics.tls().onInstalled(Direction.RX, SOFTWARE).onReleased();
        metrics.tls().onFault(Direction.RX, new RecordAuthenticationException("record 7"));

        // Then
        assertThat(metrics.tlsStat().lines())
                .contains("TlsCurrTxDevice                 \t1")
                .contains("TlsCurrRxSw                     \t0")
                .contains("TlsRxSw                         \t1")
                .contains("TlsDecryptError                 \t1");
    }

    /** Mode {@code hw} in the kernel is its software more often than a NIC. */
    @Test
    void shouldBelieveABackendThatCountsSessionsByTheKernelsNames() {
        // Given
        metrics.bind(new CountingBackend(
                "ktls",
                List.of(
                        new OffloadCounter("tls_tx_sw", "", OffloadCounter.Kind.COUNTER, () -> 3),
                        new OffloadCounter("tls_tx_device", "", OffloadCounter.Kind.COUNTER, () -> 1))));
        metrics.tls().onInstalled(Direction.TX, new SessionInfo("ktls", RecordMode.HW, "kernel-sw"));
        metrics.tls().onInstalled(Direction.TX, DEVICE);
        metrics.tls().onInstalled(Direction.TX, SOFTWARE);

        // When, Then
        assertThat(metrics.tlsStat().lines())
                .contains("TlsTxSw                         \t4", "TlsTxDevice                     \t2")
                .contains("TlsCurrTxDevice                 \t1");
    }

    @Test
    void shouldHaveTheKernelsWholePageAndSumsOfWhatBackendsCount() {
        // Given
        OffloadCounter resyncs = new OffloadCounter("tls_rx_device_resync", "", OffloadCounter.Kind.COUNTER, () -> 4);
        metrics.bind(new CountingBackend("device", List.of(resyncs)));
        metrics.bind(new CountingBackend("other", List.of(resyncs)));
        metrics.tls().onKeyUpdate(Direction.RX);

        // When, Then
        assertThat(metrics.tlsStat()).isEqualTo("""
                TlsCurrTxSw                     \t0
                TlsCurrRxSw                     \t0
                TlsCurrTxDevice                 \t0
                TlsCurrRxDevice                 \t0
                TlsTxSw                         \t0
                TlsRxSw                         \t0
                TlsTxDevice                     \t0
                TlsRxDevice                     \t0
                TlsDecryptError                 \t0
                TlsRxDeviceResync               \t8
                TlsDecryptRetry                 \t0
                TlsRxNoPadViolation             \t0
                TlsRxRekeyOk                    \t1
                TlsRxRekeyError                 \t0
                TlsTxRekeyOk                    \t0
                TlsTxRekeyError                 \t0
                TlsRxRekeyReceived              \t1
                """);
    }

    @Test
    void shouldKnowTheProcessWhenBound() throws IOException {
        // When
        metrics.bindProcess();
        metrics.bind(PooledByteBufAllocator.DEFAULT);

        // Then
        assertThat(scrape())
                .contains("jvm_memory_used_bytes{")
                .contains("jvm_threads_live_threads ")
                .contains("process_cpu_usage ")
                .contains("process_files_open_files ")
                .contains("netty_allocator_memory_used{");
    }

    private String scrape() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        metrics.scrape(out);
        return out.toString(StandardCharsets.UTF_8);
    }
}
