package io.offramp.offload.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.offramp.offload.FiveTuple;
import io.offramp.offload.InstallResult;
import io.offramp.offload.OffloadTarget;
import io.offramp.offload.RxSession;
import io.offramp.offload.TxSession;
import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.ContentType;
import io.offramp.offload.record.Direction;
import io.offramp.offload.record.ProtocolVersion;
import io.offramp.offload.record.RecordBoundary;
import io.offramp.offload.sw.SwProvider;
import io.offramp.offload.tck.CollectingRxSink;
import io.offramp.offload.tck.CollectingTxSink;
import io.offramp.offload.tck.Protection;
import io.offramp.offload.tck.ReferenceRecords;
import io.offramp.offload.tck.SessionFixtures;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random traffic through the device and through {@code offload-sw}: the wire cannot tell them apart. */
class DeviceDifferentialTest {
    static Stream<Protection> protections() {
        return Protection.all().stream().filter(protection -> protection.suite().isGcm());
    }

    @ParameterizedTest
    @MethodSource("protections")
    void shouldPutTheSameBytesOnTheWireAsSoftwareAcrossTheSequenceWrap(Protection protection) {
        try (DeviceFixture fixture = new DeviceFixture();
                var software = new SwProvider().open(Map.of());
                SessionFixtures reference = new SessionFixtures(software, 45_679, EmbeddedChannel::runPendingTasks)) {
            Random random = fixture.sessions().random();
            long position = (1L << 32) - 100_000;
            TrafficKeys keys = fixture.sessions().keys(protection, 0);
            SessionFixtures.Tx expected = reference.tx(keys.copyAt(0), position);
            SessionFixtures.Rx rx = fixture.sessions().rx(keys.copyAt(0), position);
            SessionFixtures.Tx tx = fixture.sessions().tx(keys, position);

            for (int i = 0; i < 300; i++) {
                byte[] content = fixture.sessions().content(random.nextInt(random.nextInt(10) == 0 ? 100_000 : 2_000));
                int maxPlaintextBytes = 100 + random.nextInt(16_285);
                tx.session()
                        .seal(ContentType.APPLICATION_DATA, fixture.sessions().buffer(content), maxPlaintextBytes);
                expected.session().seal(ContentType.APPLICATION_DATA, reference.buffer(content), maxPlaintextBytes);
            }
            byte[] wire = tx.sink().wire();
            for (int from = 0; from < wire.length; ) {
                int to = Math.min(wire.length, from + 1 + random.nextInt(100_000));
                fixture.sessions().receive(rx, Arrays.copyOfRange(wire, from, to));
                from = to;
            }

            assertThat(wire)
                    .as("seed %d", fixture.sessions().seed())
                    .isEqualTo(expected.sink().wire());
            assertThat(rx.session().nextSequence()).isEqualTo(tx.session().nextSequence());
            assertThat(fixture.counter("tx_tls_encrypted_bytes")).isEqualTo(wire.length);
            assertThat(fixture.counter("rx_tls_decrypted_bytes")).isEqualTo(wire.length);
        }
    }

    @Test
    void shouldPutTheSameBytesOnTheWireWhereverTheDeviceGoesDown() {
        for (int failing = 1; failing < 60; failing++) {
            try (DeviceFixture fixture = new DeviceFixture()) {
                SessionFixtures.Tx tx = fixture.sessions().tx(DeviceFixture.TLS_1_2, 0);
                byte[] content = fixture.sessions().content(20_000);
                int[] left = {failing};
                fixture.engine().beforeSeal(() -> {
                    if (--left[0] == 0) {
                        fixture.device().down();
                    }
                });

                for (int i = 0; i < 3; i++) {
                    tx.session()
                            .seal(
                                    ContentType.APPLICATION_DATA,
                                    fixture.sessions().buffer(content),
                                    1_000);
                }

                byte[] expected = {};
                for (int i = 0; i < 3; i++) {
                    expected = ReferenceRecords.concat(expected, tx.expected().sealAll(23, content, 1_000));
                }
                assertThat(tx.sink().wire()).as("down at record %d", failing).isEqualTo(expected);
            }
        }
    }

    @Test
    void shouldServeManyEventLoopsAtOnce() throws InterruptedException {
        Device device = new DeviceProvider().open(Map.of("contexts", "12", "deks", "9", "steering", "5"));
        List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
        List<Thread> loops = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            int loop = t;
            loops.add(Thread.ofPlatform().start(() -> {
                try {
                    openAndCloseMany(device, loop);
                } catch (Throwable failure) {
                    failures.add(failure);
                }
            }));
        }
        for (Thread loop : loops) {
            loop.join();
        }

        assertThat(failures).isEmpty();
        assertThat(device.resources().deks().inUse()).isZero();
        assertThat(device.resources().tises().inUse()).isZero();
        assertThat(device.nic().steering().used()).isZero();
        assertThat(device.nic().tirs().inUse()).isZero();
        assertThat(device.resources().counters().txErrors.sum()).isZero();
        device.close();
    }

    private static void openAndCloseMany(Device device, int loop) {
        Random random = new Random(loop);
        EmbeddedChannel channel = new EmbeddedChannel();
        for (int i = 0; i < 1_500; i++) {
            FiveTuple flow = new FiveTuple(
                    new InetSocketAddress("192.0.2.1", 443), new InetSocketAddress("198.51.100." + loop, 1_024 + i));
            OffloadTarget target = new OffloadTarget(i, channel, flow);
            byte[] key = new byte[16];
            random.nextBytes(key);
            TrafficKeys keys = new TrafficKeys(ProtocolVersion.TLS_1_3, AeadSuite.AES_128_GCM, key, new byte[12], 0);
            CollectingTxSink txSink = new CollectingTxSink();
            CollectingRxSink rxSink = new CollectingRxSink();
            TrafficKeys rxKeys = keys.copyAt(0);
            if (device.installTx(target, keys, RecordBoundary.start(Direction.TX), txSink)
                    instanceof InstallResult.Installed<TxSession>(TxSession tx)) {
                byte[] content = new byte[random.nextInt(3_000)];
                tx.seal(
                        ContentType.APPLICATION_DATA,
                        channel.alloc().directBuffer().writeBytes(content),
                        1_000);
                if (device.installRx(target, rxKeys, RecordBoundary.start(Direction.RX), rxSink)
                        instanceof InstallResult.Installed<RxSession>(RxSession rx)) {
                    rx.receive(channel.alloc().directBuffer().writeBytes(txSink.wire()));
                    assertThat(rxSink.data()).isEqualTo(content);
                    rx.close();
                }
                tx.close();
            }
        }
    }
}
