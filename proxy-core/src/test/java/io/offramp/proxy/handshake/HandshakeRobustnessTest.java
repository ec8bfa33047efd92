package io.offramp.proxy.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.offload.record.ProtocolVersion;
import io.offramp.proxy.handshake.HandshakeFailure.Reason;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that do what no client should. */
class HandshakeRobustnessTest {
    private static final HandshakeSettings SETTINGS = TestSettings.DEFAULT.build();
    private static final byte[] CCS = RawClientHello.record(20, new byte[] {1});
    private static final byte[] BASE_POINT = HexFormat.of().parseHex("046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
            + "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5");
    private static final byte[] X25519_SHARE = HexFormat.of().parseHex("09" + "00".repeat(31));

    @Test
    void shouldAnswerPlainHttpInPlainHttp() throws Exception {
        try (EmbeddedHandshake server = new EmbeddedHandshake(SETTINGS)) {
            byte[] answer = server.receive("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

            assertThat(new String(answer, StandardCharsets.US_ASCII))
                    .startsWith("HTTP/1.1 400 Bad Request\r\n").contains("this port speaks TLS");
            assertThat(server.failure().reason()).isEqualTo(Reason.PLAIN_HTTP);
            assertThat(server.channel().isOpen()).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"SSH-2.0-OpenSSH_9.2\r\n", "\0\0\0\0\0\0", "\u0016\u0002\u0001\0\u0005", "\u0080\u002e\u0001\u0003\u0001"})
    void shouldCloseOnWhatIsNotTls(String begin) throws Exception {
        try (EmbeddedHandshake server = new EmbeddedHandshake(SETTINGS)) {
            assertThat(server.receive(begin.getBytes(StandardCharsets.ISO_8859_1))).isEmpty();

            assertThat(server.failure().reason()).isEqualTo(Reason.NOT_TLS);
            assertThat(server.channel().isOpen()).isFalse();
        }
    }

    @Test
    void shouldRefuseAnOversizedRecordByItsHeader() throws Exception {
        try (EmbeddedHandshake server = new EmbeddedHandshake(SETTINGS)) {
            assertThat(server.receive(new byte[] {22, 3, 1, 0x41, 1})).isEqualTo(alert(22));

            assertThat(server.failure().reason()).isEqualTo(Reason.ALERT_SENT);
            assertThat(server.failure().detail()).isEqualTo("record_overflow: record of 16641 bytes, limit 16640");
        }
    }

    @Test
    void shouldRefuseAnOversizedHandshakeMessage() throws Exception {
        try (EmbeddedHandshake server = new EmbeddedHandshake(SETTINGS)) {
            server.receive(RawClientHello.record(22, new byte[] {1, 1, 0, 0, 3, 3}));

            assertThat(server.failure().reason()).isEqualTo(Reason.ALERT_SENT);
            assertThat(server.failure().cause()).isNull();
        }
    }

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

    @Test
    void shouldRefuseAPlaintextCertificateAfterServerHello() throws Exception {
        try (EmbeddedHandshake server = new EmbeddedHandshake(SETTINGS)) {
            server.receive(EngineClient.of("TLSv1.3").hello());
            byte[] answer = server.receive(RawClientHello.record(22, new byte[] {11, 0, 0, 4, 0, 0, 0, 0}));

            assertThat(answer[0]).as("alert under the server's key").isEqualTo((byte) 23);
            assertThat(server.failure().reason()).isEqualTo(Reason.ALERT_SENT);
            assertThat(server.failure().detail()).startsWith("unexpected_message");
        }
    }

    @Test
    void shouldRefuseBytesBehindTheHelloInItsRecord() throws Exception {
        byte[] hello = RawClientHello.tls13(Group.X25519, X25519_SHARE).message();
        try (EmbeddedHandshake server = new EmbeddedHandshake(SETTINGS)) {
            server.receive(RawClientHello.record(22, RawClientHello.join(hello, new byte[] {11, 0})));

            assertThat(server.failure().detail()).startsWith("unexpected_message");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {20, 23})
    void shouldRefuseOtherRecordsBeforeTheHello(int type) throws Exception {
        try (EmbeddedHandshake server = new EmbeddedHandshake(SETTINGS)) {
            assertThat(server.receive(RawClientHello.record(type, new byte[] {1}))).isEqualTo(alert(10));

            assertThat(server.failure().reason()).isEqualTo(Reason.ALERT_SENT);
        }
    }

    @Test
    void shouldReportAnAlertOfTheClient() throws Exception {
        try (EmbeddedHandshake server = new EmbeddedHandshake(SETTINGS)) {
            server.receive(EngineClient.of("TLSv1.3").hello());
            assertThat(server.receive(RawClientHello.record(21, new byte[] {2, 42}))).isEmpty();

            assertThat(server.failure().reason()).isEqualTo(Reason.ALERT_RECEIVED);
            assertThat(server.failure().detail()).isEqualTo("bad_certificate");
        }
    }

    @ParameterizedTest
    @CsvSource({"770, 70", "769, 70", "768, 70"})
    void shouldRefuseOldVersions(int version, int alert) throws Exception {
        try (EmbeddedHandshake server = new EmbeddedHandshake(SETTINGS)) {
            byte[] answer = server.receive(RawClientHello.legacy(version).record());

            assertThat(answer[0]).isEqualTo((byte) 21);
            assertThat(answer[6]).isEqualTo((byte) alert);
            assertThat(server.failure().detail()).startsWith("protocol_version");
        }
    }

    @Test
    void shouldServeATls12ClientWithoutExtensions() throws Exception {
        try (EmbeddedHandshake server = new EmbeddedHandshake(SETTINGS)) {
            byte[] answer = server.receive(RawClientHello.legacy(0x0303).record());

            assertThat(answer[0]).isEqualTo((byte) 22);
            assertThat(server.isUndecided()).isTrue();
            server.channel().close();
        }
    }

    @Test
    void shouldRefuseWhenNoSuiteIsCommon() throws Exception {
        try (EmbeddedHandshake server = new EmbeddedHandshake(SETTINGS)) {
            byte[] answer = server.receive(RawClientHello.tls13(Group.X25519, X25519_SHARE).withSuites(0x1304).record());

            assertThat(answer).endsWith((byte) 2, (byte) 40);
            assertThat(server.failure().detail())
                    .isEqualTo("handshake_failure: no cipher suite, signature scheme or group in common");
        }
    }

    @Test
    void shouldDemandSignatureAlgorithmsInTls13() throws Exception {
        try (EmbeddedHandshake server = new EmbeddedHandshake(SETTINGS)) {
            byte[] answer = server.receive(RawClientHello.tls13(Group.X25519, X25519_SHARE).without(13).record());

            assertThat(answer).endsWith((byte) 2, (byte) 109);
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
    void shouldNotTakeForgedRecordsForEarlyDataThatWasNotOffered() throws Exception {
        try (EmbeddedHandshake server = new EmbeddedHandshake(SETTINGS)) {
            server.receive(RawClientHello.tls13(Group.X25519, X25519_SHARE).record());
            server.receive(RawClientHello.record(23, new byte[500]));

            assertThat(server.failure().detail()).startsWith("bad_record_mac");
        }
    }

    @Test
    void shouldDropEarlyDataThatComesBeforeTheSecondHello() throws Exception {
        byte[] first = RawClientHello.tls13(Group.X25519, X25519_SHARE).with(42, new byte[0])
                .with(51, new byte[] {0, 0}).record();
        try (EmbeddedHandshake server = new EmbeddedHandshake(SETTINGS)) {
            byte[] retry = server.receive(first);
            assertThat(retry[0]).isEqualTo((byte) 22);
            server.receive(RawClientHello.record(23, new byte[500]));

            assertThat(server.isUndecided()).isTrue();
            server.channel().close();
        }
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"CONSCRYPT", "CORRETTO", "BOUNCY_CASTLE", "JDK"})
    void shouldRefuseBadKeyShares(String provider) throws Exception {
        CryptoProviders.Candidate candidate = CryptoProviders.Candidate.valueOf(provider);
        CryptoProviders only = new CryptoProviders(List.of(candidate, CryptoProviders.Candidate.JDK));
        HandshakeSettings settings = TestSettings.DEFAULT.with(only).on((Executor) Runnable::run).build();
        byte[] offCurve = BASE_POINT.clone();
        offCurve[64] ^= 1;
        byte[] compressed = Arrays.copyOf(BASE_POINT, 33);
        compressed[0] = 3;

        assertThat(alertOn(settings, Group.SECP256R1, offCurve)).isEqualTo("illegal_parameter");
        assertThat(alertOn(settings, Group.SECP256R1, compressed)).isEqualTo("illegal_parameter");
        assertThat(alertOn(settings, Group.SECP256R1, new byte[1])).isEqualTo("illegal_parameter");
        assertThat(alertOn(settings, Group.SECP256R1, new byte[65])).isEqualTo("illegal_parameter");
        assertThat(alertOn(settings, Group.X25519, new byte[31])).isEqualTo("illegal_parameter");
        assertThat(alertOn(settings, Group.X25519, new byte[32])).isEqualTo("illegal_parameter");
        byte[] orderTwo = new byte[32];
        orderTwo[0] = 1;
        assertThat(alertOn(settings, Group.X25519, orderTwo)).isEqualTo("illegal_parameter");
    }

    private static String alertOn(HandshakeSettings settings, Group group, byte[] share) {
        try (EmbeddedHandshake server = new EmbeddedHandshake(settings)) {
            server.receive(RawClientHello.tls13(group, share).record());
            server.channel().runPendingTasks();
            assertThat(server.failure().reason()).isEqualTo(Reason.ALERT_SENT);
            return server.failure().detail().split(":")[0];
        }
    }

    private static byte[] alert(int description) {
        return RawClientHello.record(21, new byte[] {2, (byte) description});
    }
}
