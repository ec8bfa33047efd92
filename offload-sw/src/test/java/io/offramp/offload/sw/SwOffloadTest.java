package io.offramp.offload.sw;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.offramp.offload.Availability;
import io.offramp.offload.DeclineReason;
import io.offramp.offload.InstallResult;
import io.offramp.offload.OffloadProvider;
import io.offramp.offload.RecordMode;
import io.offramp.offload.TxSession;
import io.offramp.offload.aead.AeadEngine;
import io.offramp.offload.aead.OpenStream;
import io.offramp.offload.aead.Opener;
import io.offramp.offload.aead.SealStream;
import io.offramp.offload.aead.Sealer;
import io.offramp.offload.aead.jca.JcaEngine;
import io.offramp.offload.error.OffloadMisuseException;
import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.ContentType;
import io.offramp.offload.record.Direction;
import io.offramp.offload.record.ProtocolVersion;
import io.offramp.offload.record.RecordBoundary;
import io.offramp.offload.tck.CollectingTxSink;
import io.offramp.offload.tck.Counters;
import io.offramp.offload.tck.Protection;
import io.offramp.offload.tck.SessionFixtures;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class SwOffloadTest {
    private static final Protection GCM = new Protection(ProtocolVersion.TLS_1_3, AeadSuite.AES_128_GCM);
    private static final Protection CHACHA = new Protection(ProtocolVersion.TLS_1_3, AeadSuite.CHACHA20_POLY1305);

    /** JCA with a part missing. */
    private record PartialEngine(AeadEngine whole, Availability availability) implements AeadEngine {
        @Override
        public String name() {
            return "partial";
        }

        @Override
        public boolean supports(AeadSuite suite) {
            return suite.isGcm();
        }

        @Override
        public Sealer sealer(AeadSuite suite, byte[] key) {
            return whole.sealer(suite, key);
        }

        @Override
        public Opener opener(AeadSuite suite, byte[] key) {
            return whole.opener(suite, key);
        }

        @Override
        public SealStream sealStream(AeadSuite suite, byte[] key) {
            return whole.sealStream(suite, key);
        }

        @Override
        public OpenStream openStream(AeadSuite suite, byte[] key) {
            return whole.openStream(suite, key);
        }
    }

    @Test
    void shouldBeFoundByTheServiceLoader() {
        assertThat(ServiceLoader.load(OffloadProvider.class))
                .filteredOn(provider -> provider.name().equals("sw"))
                .hasOnlyElementsOfType(SwProvider.class)
                .hasSize(1);
    }

    @Test
    void shouldRefuseSettings() {
        assertThatThrownBy(() -> new SwProvider().open(Map.of("contexts", "1")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("contexts: the sw backend has no settings");
    }

    @Test
    void shouldDeclineASuiteThatTheEngineLacks() {
        try (SwOffload offload = new SwOffload(new PartialEngine(new JcaEngine(), Availability.available()));
                SessionFixtures fixtures = fixtures(offload)) {
            TrafficKeys keys = fixtures.keys(CHACHA, 0);

            InstallResult<TxSession> result = installTx(fixtures, keys, 0);

            assertThat(result)
                    .isEqualTo(new InstallResult.Declined<>(DeclineReason.SUITE, "partial has no chacha20-poly1305"));
            assertThat(keys.isDestroyed()).isFalse();
            assertThat(offload.capabilities().suites())
                    .containsExactlyInAnyOrder(AeadSuite.AES_128_GCM, AeadSuite.AES_256_GCM);
        }
    }

    @Test
    void shouldDeclineWithTheCauseWhenTheEngineIsUnavailable() {
        AeadEngine engine = new PartialEngine(new JcaEngine(), Availability.unavailable("no libcrypto.so.3"));
        try (SwOffload offload = new SwOffload(engine);
                SessionFixtures fixtures = fixtures(offload)) {
            assertThat(installTx(fixtures, fixtures.keys(GCM, 0), 0))
                    .isEqualTo(new InstallResult.Declined<>(DeclineReason.UNAVAILABLE, "no libcrypto.so.3"));
        }
    }

    @Test
    void shouldRefuseAnInstallWhoseBoundaryIsOfAnotherRecord() {
        try (SwOffload offload = new SwOffload(new JcaEngine());
                SessionFixtures fixtures = fixtures(offload)) {
            TrafficKeys keys = fixtures.keys(GCM, 3);

            assertThatThrownBy(() -> installTx(fixtures, keys, 4)).isInstanceOf(OffloadMisuseException.class);
        }
    }

    @Test
    void shouldNameTheEngine() {
        try (SwOffload offload = new SwOffload(new JcaEngine());
                SessionFixtures fixtures = fixtures(offload)) {
            SessionFixtures.Tx tx = fixtures.tx(GCM, 0);

            assertThat(tx.session().info().detail()).isEqualTo(new JcaEngine().name());
            assertThat(tx.session().info().mode()).isEqualTo(RecordMode.SW);
            assertThat(offload.description()).endsWith(new JcaEngine().name());
        }
    }

    @Test
    void shouldCountRecordsBytesSessionsAndForgeries() {
        try (SwOffload offload = new SwOffload(new JcaEngine());
                SessionFixtures fixtures = fixtures(offload)) {
            SessionFixtures.Tx tx = fixtures.tx(GCM, 0);
            SessionFixtures.Rx rx = fixtures.rx(GCM, 0);
            SessionFixtures.Rx forged = fixtures.rx(GCM, 0);

            tx.session().seal(ContentType.APPLICATION_DATA, fixtures.buffer(new byte[250]), 100);
            fixtures.receive(rx, rx.peer().sealAll(23, new byte[300], 200));
            byte[] record = forged.peer().seal(23, new byte[10]);
            record[8] ^= 1;
            fixtures.receive(forged, record);

            assertThat(Counters.values(offload.counters()))
                    .containsExactlyInAnyOrderEntriesOf(Map.of(
                            "tls_curr_tx_sw", 1L,
                            "tls_curr_rx_sw", 1L,
                            "tls_tx_sw", 1L,
                            "tls_rx_sw", 2L,
                            "tls_decrypt_error", 1L,
                            "tls_sw_tx_records", 3L,
                            "tls_sw_tx_bytes", 250L,
                            "tls_sw_rx_records", 2L,
                            "tls_sw_rx_bytes", 300L));
        }
    }

    private static SessionFixtures fixtures(SwOffload offload) {
        return new SessionFixtures(offload, 50_000, channel -> channel.runPendingTasks());
    }

    private static InstallResult<TxSession> installTx(SessionFixtures fixtures, TrafficKeys keys, long sequence) {
        return fixtures.offload()
                .installTx(
                        fixtures.target(),
                        keys,
                        RecordBoundary.start(Direction.TX).movedTo(0, sequence),
                        new CollectingTxSink());
    }
}
