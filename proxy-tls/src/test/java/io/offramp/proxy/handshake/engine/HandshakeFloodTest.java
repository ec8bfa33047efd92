package io.offramp.proxy.handshake.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.offload.record.ProtocolVersion;
import io.offramp.proxy.handshake.crypto.Group;
import io.offramp.proxy.tls.HandshakeFailure.Reason;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that send more than a handshake needs: bounded in bytes, whatever they come in. */
class HandshakeFloodTest {
    private static final HandshakeSettings SETTINGS = TestSettings.DEFAULT.build();

    /** Of the limit, in the smallest records that there are, 6 bytes each. */
    private static final int MOST_RECORDS = (64 << 10) / 6 + 1;

    private static final byte[] CCS = RawClientHello.record(20, new byte[] {1});
    private static final byte[] X25519_SHARE = HexFormat.of().parseHex("09" + "00".repeat(31));

    @Test
    void shouldBoundBytesBeforeTheHandshakeIsComplete() throws Exception {
        HandshakeSettings tight = TestSettings.DEFAULT
                .with(ProtocolVersion.TLS_1_3)
                .changed(builder -> builder.maxBytes(20_000))
                .build();
        try (EmbeddedHandshake server = new EmbeddedHandshake(tight)) {
            byte[] message = new byte[19_000];
            message[0] = 1;
            message[2] = (byte) (20_000 - 4 >> 8);
            message[3] = (byte) (20_000 - 4);
            server.receive(RawClientHello.record(22, Arrays.copyOf(message, 10_000)));
            assertThat(server.isUndecided()).isTrue();
            server.receive(RawClientHello.records(Arrays.copyOfRange(message, 10_000, 19_000), 20));

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

            assertThat(sent).isLessThan(MOST_RECORDS);
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
            while (server.isUndecided() && sent < 100_000) {
                server.receive(userCanceled);
                sent++;
            }

            assertThat(sent).isLessThan(MOST_RECORDS);
            assertThat(server.failure().reason()).isEqualTo(Reason.TOO_LARGE);
        }
    }

    @Test
    void shouldTakeAHelloInOneByteRecords() throws Exception {
        byte[] hello = EngineClient.conscrypt(p -> {}).hello();
        try (EmbeddedHandshake server = new EmbeddedHandshake(SETTINGS)) {
            byte[] answer = server.receive(RawClientHello.records(Arrays.copyOfRange(hello, 5, hello.length), 1));

            assertThat(answer).as("with a share of ML-KEM").startsWith(22, 3, 3).hasSizeGreaterThan(1120);
            server.channel().close();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1200, 16_000, 33_000, 65_000})
    void shouldTakeALongHelloInRecordsOfAnyLength(int bytes) {
        byte[] message = RawClientHello.tls13(Group.X25519, X25519_SHARE)
                .with(21, new byte[bytes - 200])
                .message();
        for (int recordBytes : new int[] {16_384, 4000, bytes > 20_000 ? 1000 : 20}) {
            try (EmbeddedHandshake server = new EmbeddedHandshake(SETTINGS)) {
                byte[] answer = server.receive(RawClientHello.records(message, recordBytes));

                assertThat(answer).as("in records of %d bytes", recordBytes).startsWith(22, 3, 3);
                server.channel().close();
            }
        }
    }

    @Test
    void shouldTakeALongerHelloWhereTheLimitIsHigher() {
        int[] suites = new int[32_000];
        suites[0] = 0x1301;
        byte[] message = RawClientHello.tls13(Group.X25519, X25519_SHARE)
                .withSuites(suites)
                .with(21, new byte[60_000])
                .message();
        HandshakeSettings wide = TestSettings.DEFAULT
                .changed(builder -> builder.maxBytes(200_000))
                .build();
        try (EmbeddedHandshake server = new EmbeddedHandshake(wide)) {
            assertThat(message).hasSizeGreaterThan(124_000);
            assertThat(server.receive(RawClientHello.records(message, 16_384))).startsWith(22, 3, 3);
            server.channel().close();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {65_533, 65_536, 0xffffff})
    void shouldRefuseAMessageByItsHeaderWhichIsTooLong(int bodyBytes) {
        byte[] begin = {1, (byte) (bodyBytes >> 16), (byte) (bodyBytes >> 8), (byte) bodyBytes};
        try (EmbeddedHandshake server = new EmbeddedHandshake(SETTINGS)) {
            assertThat(server.receive(RawClientHello.records(begin, 3))).endsWith(2, 47);

            assertThat(server.failure().reason()).isEqualTo(Reason.ALERT_SENT);
            assertThat(server.failure().detail())
                    .isEqualTo("illegal_parameter: message of " + (bodyBytes + 4) + " bytes, limit 65536");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0x1301, 0x1302, 0x1303})
    void shouldSkipEarlyDataAndBoundIt(int suite) throws Exception {
        byte[] hello = RawClientHello.tls13(Group.X25519, X25519_SHARE)
                .withSuites(suite)
                .with(42, new byte[0])
                .record();
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

            assertThat(answer)
                    .as("one alert, under the server's key")
                    .startsWith(23, 3, 3)
                    .hasSize(5 + 2 + 1 + 16);
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

            assertThat(sent).isLessThan(MOST_RECORDS);
            assertThat(server.channel().isOpen()).isFalse();
        }
    }

    @Test
    void shouldBoundRecordsThatEndNoMessage() throws Exception {
        // Given a message that is announced with the most that one may have, and comes byte by byte
        try (EmbeddedHandshake server = new EmbeddedHandshake(SETTINGS)) {
            server.receive(RawClientHello.record(22, new byte[] {1, 0, (byte) 0xff, (byte) 0xfc}));
            int sent = 0;
            while (server.isUndecided() && sent < 40_000) {
                server.receive(RawClientHello.record(22, new byte[1]));
                sent++;
            }

            assertThat(sent).isLessThan(MOST_RECORDS);
            assertThat(server.failure().reason()).isEqualTo(Reason.TOO_LARGE);
        }
    }
}
