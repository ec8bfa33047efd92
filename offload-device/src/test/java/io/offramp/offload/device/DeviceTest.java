package io.offramp.offload.device;

import static io.offramp.offload.device.DeviceFixture.TLS_1_3;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.offramp.offload.Availability;
import io.offramp.offload.DeclineReason;
import io.offramp.offload.FiveTuple;
import io.offramp.offload.InstallResult;
import io.offramp.offload.OffloadProvider;
import io.offramp.offload.OffloadTarget;
import io.offramp.offload.RecordMode;
import io.offramp.offload.RxSession;
import io.offramp.offload.TxSession;
import io.offramp.offload.counter.OffloadCounter;
import io.offramp.offload.device.hardware.context.TlsContext;
import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.ContentType;
import io.offramp.offload.record.Direction;
import io.offramp.offload.record.ProtocolVersion;
import io.offramp.offload.record.RecordBoundary;
import io.offramp.offload.tck.CollectingRxSink;
import io.offramp.offload.tck.CollectingTxSink;
import io.offramp.offload.tck.Protection;
import io.offramp.offload.tck.SessionFixtures;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What the backend says of itself, takes, and declines. */
class DeviceTest {
    @Test
    void shouldBeFoundByTheServiceLoader() {
        assertThat(ServiceLoader.load(OffloadProvider.class))
                .filteredOn(provider -> provider.name().equals("device"))
                .hasOnlyElementsOfType(DeviceProvider.class)
                .hasSize(1);
    }

    @Test
    void shouldSayWhatIsWrongWithASetting() {
        assertRefused(Map.of("contexts", "0"), "contexts: must be 1 to 1048576, is 0");
        assertRefused(Map.of("deks", "many"), "deks: must be 1 to 16777216, is many");
        assertRefused(Map.of("steering", "65536"), "steering: must be 0 to 65535, is 65536");
        assertRefused(Map.of("state", "sideways"), "state: must be up or down, is sideways");
        assertRefused(Map.of("toe-threads", "0"), "toe-threads: must be 1 to 1024, is 0");
        assertRefused(
                Map.of("profile", "bluefield"),
                "profile: must be connectx-6dx, connectx-7, linux-6.18, linux-tls13 or a file (NAME.properties),"
                        + " is bluefield");
        assertRefused(
                Map.of("faults", "loss=90%"), "faults: loss must be a share such as 1% or 0.01, at most 50%, is 90%");
        assertRefused(
                Map.of("faults", "loss=1%", "engines", "1"),
                "engines: must be 0 with faults, whose time is virtual, is 1");
        assertRefused(Map.of("mtu", "575"), "mtu: must be 576 to 9216, is 575");
        assertRefused(Map.of("pcap-limit", "0"), "pcap-limit: must be 1 to 65536, is 0");
        assertRefused(
                Map.of("vlan", "7"),
                "vlan: unknown setting, expected one of [profile, caps, tls-hw-tx-offload, tls-hw-rx-offload, "
                        + "contexts, deks, steering, state, rqs, interrupt-usecs, interrupt-frames, lro, "
                        + "lro-timeout-usecs, lro-bytes, mtu, toe-threads, engines, faults, resync, "
                        + "demote-after, records-per-second, gbit-per-second, installs-per-second, install-latency, "
                        + "record-latency, command-time, key-time, key-object-time, pools, context-cache,"
                        + " context-miss, pcap, pcap-limit]");
    }

    private static void assertRefused(Map<String, String> settings, String message) {
        assertThatThrownBy(() -> new DeviceProvider().open(settings))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void shouldSayWhatItTakes() {
        try (DeviceFixture fixture = new DeviceFixture("contexts", "12")) {
            assertThat(fixture.device().capabilities().mode()).isEqualTo(RecordMode.HW);
            assertThat(fixture.device().capabilities().maxContexts()).isEqualTo(12);
            assertThat(fixture.device().capabilities().suites())
                    .containsExactlyInAnyOrder(AeadSuite.AES_128_GCM, AeadSuite.AES_256_GCM);
            assertThat(fixture.device().counters())
                    .extracting(OffloadCounter::name)
                    .doesNotHaveDuplicates();
        }
    }

    @Test
    void shouldDeclineChaCha20() {
        try (DeviceFixture fixture = new DeviceFixture()) {
            TrafficKeys keys =
                    fixture.sessions().keys(new Protection(ProtocolVersion.TLS_1_3, AeadSuite.CHACHA20_POLY1305), 0);

            assertThat(installTx(fixture, keys))
                    .isEqualTo(new InstallResult.Declined<>(DeclineReason.SUITE, "device has no chacha20-poly1305"));
            assertThat(keys.isDestroyed()).isFalse();
        }
    }

    @Test
    void shouldDeclineWhileDownAndTakeAgainWhenUp() {
        try (DeviceFixture fixture = new DeviceFixture("state", "down")) {
            assertThat(fixture.device().availability()).isEqualTo(new Availability.Unavailable("device is down"));
            assertThat(installTx(fixture, keys(fixture)))
                    .isEqualTo(new InstallResult.Declined<>(DeclineReason.UNAVAILABLE, "device is down"));
            assertThat(installRx(fixture, keys(fixture)))
                    .isEqualTo(new InstallResult.Declined<>(DeclineReason.UNAVAILABLE, "device is down"));

            fixture.device().up();

            assertThat(fixture.sessions().tx(TLS_1_3, 0).session().info().mode())
                    .isEqualTo(RecordMode.HW);
        }
    }

    @Test
    void shouldDeclineWhenNoContextIsLeftAndTakeAgainWhenOneIs() {
        try (DeviceFixture fixture = new DeviceFixture("contexts", "1")) {
            SessionFixtures.Tx first = fixture.sessions().tx(TLS_1_3, 0);

            assertThat(installTx(fixture, keys(fixture)))
                    .isEqualTo(new InstallResult.Declined<>(
                            DeclineReason.CAPACITY, "device has no TIS left (1 contexts in use)"));
            assertThat(installRx(fixture, keys(fixture)))
                    .isEqualTo(new InstallResult.Declined<>(
                            DeclineReason.CAPACITY, "device has no TIR left (1 contexts in use)"));

            // The TIS goes back to the pool, and from there to the device, which makes a TIR of its room.
            first.session().close();
            fixture.sessions().rx(TLS_1_3, 0).session().close();
            fixture.sessions().tx(TLS_1_3, 0);
        }
    }

    @Test
    void shouldDeclineWhenNoKeyIsLeft() {
        try (DeviceFixture fixture = new DeviceFixture("deks", "1")) {
            SessionFixtures.Rx first = fixture.sessions().rx(TLS_1_3, 0);

            assertThat(installTx(fixture, keys(fixture)))
                    .isEqualTo(
                            new InstallResult.Declined<>(DeclineReason.CAPACITY, "device has no DEK left (1 in use)"));
            assertThat(installRx(fixture, keys(fixture)))
                    .isEqualTo(
                            new InstallResult.Declined<>(DeclineReason.CAPACITY, "device has no DEK left (1 in use)"));
            first.session().close();
            fixture.sessions().tx(TLS_1_3, 0);
        }
    }

    @Test
    void shouldDeclineWhenTheSteeringTableIsFull() {
        try (DeviceFixture fixture = new DeviceFixture("steering", "0")) {
            TrafficKeys keys = keys(fixture);

            assertThat(installRx(fixture, keys))
                    .isEqualTo(
                            new InstallResult.Declined<>(DeclineReason.CAPACITY, "steering table is full (0 rules)"));
            assertThat(keys.isDestroyed()).isFalse();
            fixture.sessions().tx(TLS_1_3, 0);
        }
    }

    @Test
    void shouldDeclineInstallsAboveItsRate() {
        try (DeviceFixture fixture = new DeviceFixture("installs-per-second", "1")) {
            fixture.sessions().tx(TLS_1_3, 0);

            assertThat(fixture.device().isBusy()).isTrue();
            assertThat(installRx(fixture, keys(fixture)))
                    .isEqualTo(new InstallResult.Declined<>(DeclineReason.CAPACITY, "device installs at most 1/s"));
            assertThat(fixture.counter("device_declined_install_rate")).isEqualTo(1);
        }
    }

    @Test
    void shouldDeclineWhileItsLoadIsAtItsRate() {
        AtomicLong nowNs = new AtomicLong(7);
        try (DeviceFixture fixture =
                new DeviceFixture(nowNs::get, "gbit-per-second", "0.01", "records-per-second", "1000000")) {
            SessionFixtures.Tx tx = fixture.sessions().tx(TLS_1_3, 0);

            tx.session().seal(ContentType.APPLICATION_DATA, fixture.sessions().buffer(new byte[4_000_000]), 16_384);

            assertThat(installTx(fixture, keys(fixture)))
                    .isInstanceOfSatisfying(
                            InstallResult.Declined.class,
                            declined -> assertThat(declined.detail())
                                    .matches("device is at its rate \\(.* of 0\\.0100 Gbit/s\\)"));
            assertThat(fixture.device().isBusy()).isTrue();
            assertThat(fixture.counter("device_declined_load")).isEqualTo(1);

            // The window with the load, and one without.
            nowNs.addAndGet(TimeUnit.MILLISECONDS.toNanos(150));
            assertThat(fixture.device().isBusy()).as("its rate was that").isTrue();
            nowNs.addAndGet(TimeUnit.MILLISECONDS.toNanos(150));
            assertThat(fixture.device().isBusy()).isFalse();
            fixture.sessions().tx(TLS_1_3, 0);
        }
    }

    @Test
    void shouldBeBusyWhileNoContextIsLeft() {
        try (DeviceFixture fixture = new DeviceFixture("contexts", "1")) {
            SessionFixtures.Tx tx = fixture.sessions().tx(TLS_1_3, 0);

            assertThat(fixture.device().isBusy()).isTrue();
            installRx(fixture, keys(fixture));
            assertThat(fixture.counter("device_declined_contexts")).isEqualTo(1);

            tx.session().close();
            assertThat(fixture.device().isBusy()).isFalse();
        }
    }

    @Test
    void shouldDeclineAddressesThatMakeNoFlow() {
        try (DeviceFixture fixture = new DeviceFixture()) {
            InetSocketAddress v4 = new InetSocketAddress("192.0.2.1", 1);
            OffloadTarget target =
                    target(fixture, new FiveTuple(v4, InetSocketAddress.createUnresolved("peer.test", 2)));

            InstallResult<RxSession> result = fixture.device()
                    .installRx(target, keys(fixture), RecordBoundary.start(Direction.RX), new CollectingRxSink());

            assertThat(result)
                    .isInstanceOfSatisfying(
                            InstallResult.Declined.class,
                            declined -> assertThat(declined.reason()).isEqualTo(DeclineReason.CHANNEL));
        }
    }

    @Test
    void shouldOffloadIpv6Flows() {
        try (DeviceFixture fixture = new DeviceFixture()) {
            OffloadTarget target = target(
                    fixture,
                    new FiveTuple(
                            new InetSocketAddress("2001:db8::1", 443), new InetSocketAddress("2001:db8::2", 50_000)));
            TrafficKeys txKeys = keys(fixture);
            TrafficKeys rxKeys = txKeys.copyAt(0);
            CollectingTxSink txSink = new CollectingTxSink();
            CollectingRxSink rxSink = new CollectingRxSink();
            byte[] content = fixture.sessions().content(50_000);

            try (TxSession tx = session(
                            fixture.device().installTx(target, txKeys, RecordBoundary.start(Direction.TX), txSink));
                    RxSession rx = session(
                            fixture.device().installRx(target, rxKeys, RecordBoundary.start(Direction.RX), rxSink))) {
                tx.seal(ContentType.APPLICATION_DATA, fixture.sessions().buffer(content), 16_384);
                rx.receive(fixture.sessions().buffer(txSink.wire()));
            }

            assertThat(rxSink.data()).isEqualTo(content);
            assertThat(fixture.counter("rx_tls_decrypted_bytes")).isEqualTo(txSink.wire().length);
        }
    }

    @Test
    void shouldCountPacketsAndBytes() {
        try (DeviceFixture fixture = new DeviceFixture()) {
            SessionFixtures.Tx tx = fixture.sessions().tx(TLS_1_3, 0);
            SessionFixtures.Rx rx = fixture.sessions().rx(TLS_1_3, 0);

            tx.session().seal(ContentType.APPLICATION_DATA, fixture.sessions().buffer(new byte[10_000]), 16_384);
            fixture.sessions().receive(rx, rx.peer().sealAll(23, new byte[100_000], 16_384));

            assertThat(fixture.counter("tx_tls_encrypted_bytes")).isEqualTo(10_022);
            assertThat(fixture.counter("tx_tls_encrypted_packets")).isEqualTo(7);
            assertThat(fixture.counter("rx_tls_decrypted_bytes")).isEqualTo(100_000 + 7 * 22);
            assertThat(fixture.counter("rx_tls_decrypted_packets")).isEqualTo(2);
            assertThat(fixture.counter("tls_curr_tx_device")).isEqualTo(1);
            assertThat(fixture.counter("tls_rx_device")).isEqualTo(1);
            assertThat(fixture.counter("device_deks")).isEqualTo(2);
            assertThat(fixture.counter("device_contexts")).isEqualTo(2);
            assertThat(fixture.counter("device_steering_rules")).isEqualTo(1);
            assertThat(tx.session().info().detail()).isEqualTo("tis=1 dek=0");
            assertThat(rx.session().info().detail()).isEqualTo("tir=1 dek=1");
        }
    }

    @Test
    void shouldSetUpNoKeyInSoftwareWhileTheDeviceDoesTheWork() {
        try (DeviceFixture fixture = new DeviceFixture()) {
            SessionFixtures.Tx tx = fixture.sessions().tx(TLS_1_3, 0);
            SessionFixtures.Rx rx = fixture.sessions().rx(TLS_1_3, 0);
            assertThat(fixture.engine().openKeys())
                    .as("before the first record")
                    .isZero();

            tx.session().seal(ContentType.APPLICATION_DATA, fixture.sessions().buffer(new byte[100]), 16_384);
            fixture.sessions().receive(rx, rx.peer().seal(23, new byte[100]));

            assertThat(fixture.engine().openKeys())
                    .as("the device's, one per direction")
                    .isEqualTo(2);
            fixture.device().down();
            fixture.sessions().settle();
            fixture.sessions().receive(rx, rx.peer().seal(23, new byte[100]));
            assertThat(rx.sink().data()).hasSize(200);
            assertThat(fixture.engine().openKeys())
                    .as("software's, one per direction")
                    .isEqualTo(2);
        }
    }

    private static OffloadTarget target(DeviceFixture fixture, FiveTuple flow) {
        return new OffloadTarget(1, fixture.sessions().target().channel(), flow);
    }

    private static TrafficKeys keys(DeviceFixture fixture) {
        return fixture.sessions().keys(TLS_1_3, 0);
    }

    private static InstallResult<TxSession> installTx(DeviceFixture fixture, TrafficKeys keys) {
        return fixture.device()
                .installTx(
                        fixture.sessions().target(), keys, RecordBoundary.start(Direction.TX), new CollectingTxSink());
    }

    private static InstallResult<RxSession> installRx(DeviceFixture fixture, TrafficKeys keys) {
        return fixture.device()
                .installRx(
                        fixture.sessions().target(), keys, RecordBoundary.start(Direction.RX), new CollectingRxSink());
    }

    private static <S> S session(InstallResult<S> result) {
        assertThat(result).isInstanceOf(InstallResult.Installed.class);
        return ((InstallResult.Installed<S>) result).session();
    }

    /** IV, position and key: nothing of a session stays in a context that waits for the next one. */
    @Test
    void shouldWipeTheContextThatItGivesBack() {
        try (DeviceFixture fixture = new DeviceFixture()) {
            SessionFixtures.Tx tx = fixture.sessions().tx(DeviceFixture.TLS_1_3, 5);
            tx.session().seal(ContentType.APPLICATION_DATA, fixture.sessions().buffer(new byte[100]), 16_384);
            TlsContext context =
                    Objects.requireNonNull(fixture.device().nic().tises().get(1));
            long tail = context.implicitNonceTail(0);
            assertThat(tail).isNotZero();

            tx.session().close();

            assertThat(context.implicitNonceTail(0)).isZero();
            assertThat(context.nonceHead()).isZero();
            assertThat(context.hasKey()).isFalse();
            assertThat(context.tracker()).isNull();
            assertThat(context.recordNumber()).isZero();
        }
    }
}
