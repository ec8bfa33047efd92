package io.offramp.proxy.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.offload.record.ProtocolVersion;
import io.offramp.proxy.handshake.HandshakeFailure.Reason;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that send more than a handshake needs: bounded in records and bytes, whatever the records are. */
class HandshakeFloodTest {
    private static final HandshakeSettings SETTINGS = TestSettings.DEFAULT.build();
    private static final byte[] CCS = RawClientHello.record(20, new byte[] {1});
    private static final byte[] X25519_SHARE = HexFormat.of().parseHex("09" + "00".repeat(31));

    @Test
    void shouldBoundBytesBeforeTheHandshakeIsComplete() throws Exception {
        HandshakeSettings tight = TestSettings.DEFAULT
                .with(ProtocolVersion.TLS_1_3)
                .changed(builder -> builder.maxBytes(20_000))
                .build();
        try (EmbeddedHandshake server = new EmbeddedHandshake(tight)) {
            byte[] message = new byte[30_000];
            message[0] = 1;
            message[2] = (byte) (30_000 >> 8);
            message[3] = (byte) 30_000;
            server.receive(RawClientHello.record(22, Arrays.copyOf(message, 16_000)));
            assertThat(server.isUndecided()).isTrue();
            server.receive(RawClientHello.record(22, Arrays.copyOfRange(message, 16_000, 29_000)));

            assertThat(server.failure().reason()).isEqualTo(Reason.TOO_LARGE);
        }
    }

    @Test
    void shouldBoundChangeCipherSpecRecords() throws Exception {
        try (EmbeddedHandshake server = new EmbeddedHandshake(SETTINGS)) {
            server.receive(EngineClient.of("TLSv1.3").hello());
            int sent = 0;
            while (server.isUndecided() && sent < 100_000) {
                server.receive(CCS);
                sent++;
            }

            assertThat(sent).isLessThan(200);
            assertThat(server.failure().reason()).isEqualTo(Reason.TOO_LARGE);
            assertThat(server.channel().isOpen()).isFalse();
        }
    }

    @Test
    void shouldBoundWarningAlerts() throws Exception {
        byte[] userCanceled = RawClientHello.record(21, new byte[] {1, 90});
        try (EmbeddedHandshake server = new EmbeddedHandshake(SETTINGS)) {
            server.receive(EngineClient.of("TLSv1.3").hello());
            int sent = 0;
            while (server.isUndecided() && sent < 1000) {
                server.receive(userCanceled);
                sent++;
            }

            assertThat(sent).isLessThan(200);
            assertThat(server.failure().reason()).isEqualTo(Reason.TOO_LARGE);
        }
    }

    @Test
    void shouldRefuseAHelloInOneByteRecords() throws Exception {
        byte[] hello = EngineClient.of("TLSv1.3").hello();
        try (EmbeddedHandshake server = new EmbeddedHandshake(SETTINGS)) {
            for (int at = 5; at < hello.length && server.isUndecided(); at++) {
                server.receive(RawClientHello.record(22, new byte[] {hello[at]}));
            }

            assertThat(server.failure().reason()).isEqualTo(Reason.TOO_LARGE);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0x1301, 0x1302, 0x1303})
    void shouldSkipEarlyDataAndBoundIt(int suite) throws Exception {
        byte[] hello = RawClientHello.tls13(Group.X25519, X25519_SHARE).withSuites(suite).with(42, new byte[0]).record();
        try (EmbeddedHandshake server = new EmbeddedHandshake(SETTINGS)) {
            server.receive(hello);
            for (int sent = 0; sent < 60_000; sent += 5000) {
                server.receive(RawClientHello.record(23, new byte[5000]));
                assertThat(server.isUndecided()).isTrue();
            }
            server.receive(RawClientHello.record(23, new byte[5000]));
            server.receive(RawClientHello.record(23, new byte[5000]));

            assertThat(server.failure().reason()).isEqualTo(Reason.TOO_LARGE);
        }
    }

    @Test
    void shouldBoundAHundredThousandChangeCipherSpecRecordsOfOneRead() throws Exception {
        byte[] flood = new byte[100_000 * CCS.length];
        for (int at = 0; at < flood.length; at += CCS.length) {
            System.arraycopy(CCS, 0, flood, at, CCS.length);
        }
        try (EmbeddedHandshake server = new EmbeddedHandshake(SETTINGS)) {
            server.receive(EngineClient.of("TLSv1.3").hello());
            byte[] answer = server.receive(flood);

            assertThat(answer).as("one alert, under the server's key").startsWith(23, 3, 3).hasSize(5 + 2 + 1 + 16);
            assertThat(server.failure().reason()).isEqualTo(Reason.TOO_LARGE);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void shouldBoundWarningAlertsOfEitherVersion(String version) throws Exception {
        byte[] noRenegotiation = RawClientHello.record(21, new byte[] {1, 100});
        try (EmbeddedHandshake server = new EmbeddedHandshake(SETTINGS)) {
            server.receive(EngineClient.of(version).hello());
            int sent = 0;
            while (server.isUndecided() && sent < 100_000) {
                server.receive(noRenegotiation);
                sent++;
            }

            assertThat(sent).isLessThan(200);
            assertThat(server.channel().isOpen()).isFalse();
        }
    }

    @Test
    void shouldBoundAHelloWithAnMlKemKeyInTinyRecordsButTakeItInAHundred() throws Exception {
        byte[] hello = EngineClient.conscrypt(p -> { }).hello();
        for (int bytes : new int[] {1, 11, 15, 100}) {
            try (EmbeddedHandshake server = new EmbeddedHandshake(SETTINGS)) {
                byte[] answer = new byte[0];
                for (int at = 5; at < hello.length && server.isUndecided(); at += bytes) {
                    answer = server.receive(
                            RawClientHello.record(22, Arrays.copyOfRange(hello, at, Math.min(hello.length, at + bytes))));
                }

                if (hello.length / bytes > 128) {
                    assertThat(server.failure().reason()).isEqualTo(Reason.TOO_LARGE);
                } else {
                    assertThat(answer).startsWith(22, 3, 3).hasSizeGreaterThan(1120);
                    server.channel().close();
                }
            }
        }
    }

    @Test
    void shouldBoundRecordsThatEndNoMessage() throws Exception {
        // Given a message that is announced with the most that one may have, and comes byte by byte
        try (EmbeddedHandshake server = new EmbeddedHandshake(SETTINGS)) {
            server.receive(RawClientHello.record(22, new byte[] {1, 0, 0x7f, (byte) 0xff}));
            int sent = 0;
            while (server.isUndecided() && sent < 40_000) {
                server.receive(RawClientHello.record(22, new byte[1]));
                sent++;
            }

            assertThat(sent).isLessThan(200);
            assertThat(server.failure().reason()).isEqualTo(Reason.TOO_LARGE);
        }
    }
}
