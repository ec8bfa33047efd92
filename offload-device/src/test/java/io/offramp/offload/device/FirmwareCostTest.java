package io.offramp.offload.device;

import static io.offramp.offload.device.DeviceFixture.TLS_1_3;
import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.offload.Capacity;
import io.offramp.offload.InstallResult;
import io.offramp.offload.TxSession;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.ContentType;
import io.offramp.offload.record.Direction;
import io.offramp.offload.record.RecordBoundary;
import io.offramp.offload.tck.CollectingRxSink;
import io.offramp.offload.tck.CollectingTxSink;
import io.offramp.offload.tck.SessionFixtures;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Commands of the firmware bound the rate of connections, and contexts that are not close to the engines cost. */
class FirmwareCostTest {
    private long nowNs;

    @Test
    void shouldDeclineWhileTheFirmwareIsBehindAndTakeAgainLater() {
        try (DeviceFixture fixture = new DeviceFixture(() -> nowNs, "command-time", "4ms", "key-time", "1ms")) {
            fixture.sessions().rx(TLS_1_3, 0);
            assertThat(fixture.device().isBusy()).as("9 ms behind").isFalse();
            fixture.sessions().rx(TLS_1_3, 0);
            assertThat(fixture.device().isBusy()).isTrue();

            TrafficKeys keys = fixture.sessions().keys(TLS_1_3, 0);
            InstallResult<?> declined = fixture.device()
                    .installRx(
                            fixture.sessions().target(),
                            keys,
                            RecordBoundary.start(Direction.RX),
                            new CollectingRxSink());

            assertThat(declined)
                    .isInstanceOfSatisfying(
                            InstallResult.Declined.class,
                            reason -> assertThat(reason.detail()).isEqualTo("firmware of the device is 18 ms behind"));
            assertThat(fixture.counter("device_declined_firmware")).isEqualTo(1);

            nowNs += TimeUnit.MILLISECONDS.toNanos(8);
            assertThat(fixture.device().isBusy()).isFalse();
        }
    }

    /** Idle connections stay away from the engines at no cost; active ones push each other out. */
    @Test
    void shouldFetchContextsOnlyWhereMoreAreActiveThanHaveRoom() {
        try (DeviceFixture fixture = new DeviceFixture("context-cache", "4", "command-time", "0ns")) {
            List<SessionFixtures.Tx> open = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                open.add(fixture.sessions().tx(TLS_1_3, 0));
            }
            long before = fixture.counter("device_context_misses");
            for (int i = 0; i < 100; i++) {
                seal(fixture, open.getFirst());
            }
            long oneActive = fixture.counter("device_context_misses") - before;
            for (int i = 0; i < 160; i++) {
                seal(fixture, open.get(i % 16));
            }
            long allActive = fixture.counter("device_context_misses") - before - oneActive;

            assertThat(oneActive).as("16 open, one active").isEqualTo(1);
            assertThat(allActive).as("16 active").isGreaterThan(150);
        }
    }

    /** Also where event loops are the engines: fetches fill the device's time, and it takes no more directions. */
    @Test
    void shouldBeAtItsRateWithManyActiveContextsButNotWithManyOpenOnes() {
        try (DeviceFixture fixture = new DeviceFixture(
                () -> nowNs, "context-cache", "16", "context-miss", "5ms", "command-time", "0ns", "key-time", "0ns")) {
            List<SessionFixtures.Tx> open = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                open.add(fixture.sessions().tx(TLS_1_3, 0));
            }
            for (int i = 0; i < 1_000; i++) {
                seal(fixture, open.get(i % 4));
            }
            assertThat(openAndClose(fixture)).as("64 open, 4 active").isTrue();

            for (int i = 0; i < 64; i++) {
                seal(fixture, open.get(i));
            }
            assertThat(openAndClose(fixture)).as("64 active").isFalse();
            assertThat(fixture.device().isBusy()).isTrue();
            assertThat(fixture.counter("device_declined_load")).isEqualTo(1);

            nowNs += TimeUnit.MILLISECONDS.toNanos(200);
            seal(fixture, open.getFirst());
            nowNs += TimeUnit.MILLISECONDS.toNanos(200);
            assertThat(openAndClose(fixture)).as("idle again").isTrue();
        }
    }

    /** As the authors of the pools measured: 11,600 connections a second without them, 16,500 with that of TIS. */
    @ParameterizedTest
    @CsvSource({"none, 11_000, 12_200", "tis, 15_700, 17_300", "tis dek, 95_000, 110_000"})
    void shouldTakeFewerConnectionsWithoutPools(String pools, String least, String most) {
        try (DeviceFixture fixture = new DeviceFixture(() -> nowNs, "pools", pools)) {
            warmUp(fixture);
            int installed = 0;
            for (int ms = 0; ms < 200; ms++) {
                nowNs += TimeUnit.MILLISECONDS.toNanos(1);
                while (openAndClose(fixture)) {
                    installed++;
                }
            }

            assertThat(installed * 5)
                    .as("a second")
                    .isBetween(Integer.parseInt(least.replace("_", "")), Integer.parseInt(most.replace("_", "")));
            Capacity.Firmware known = fixture.device().capacity().firmware();
            assertThat(1e9 / known.ns(Direction.TX))
                    .as("what auto and whatif reckon with")
                    .isBetween(0.9 * installed * 5, 1.1 * installed * 5);
        }
    }

    private static void seal(DeviceFixture fixture, SessionFixtures.Tx tx) {
        tx.session().seal(ContentType.APPLICATION_DATA, fixture.sessions().buffer(new byte[10]), 16_384);
    }

    private void warmUp(DeviceFixture fixture) {
        for (int i = 0; i < 100; i++) {
            nowNs += TimeUnit.MILLISECONDS.toNanos(10);
            openAndClose(fixture);
        }
        nowNs += TimeUnit.SECONDS.toNanos(1);
    }

    private static boolean openAndClose(DeviceFixture fixture) {
        TrafficKeys keys = fixture.sessions().keys(TLS_1_3, 0);
        InstallResult<TxSession> result = fixture.device()
                .installTx(
                        fixture.sessions().target(), keys, RecordBoundary.start(Direction.TX), new CollectingTxSink());
        return switch (result) {
            case InstallResult.Installed<TxSession>(var session) -> {
                session.close();
                yield true;
            }
            case InstallResult.Declined<TxSession>(var reason, var detail) -> {
                keys.destroy();
                yield false;
            }
        };
    }
}
