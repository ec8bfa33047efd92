package io.offramp.proxy.handshake.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.proxy.handshake.crypto.Group;
import io.offramp.proxy.tls.HandshakeFailure.Reason;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that do what no client should. */
class HandshakeRobustnessTest {
    private static final HandshakeSettings SETTINGS = TestSettings.DEFAULT.build();
    private static final byte[] X25519_SHARE = HexFormat.of().parseHex("09" + "00".repeat(31));

    @Test
    void shouldAnswerPlainHttpInPlainHttp() throws Exception {
        try (EmbeddedHandshake server = new EmbeddedHandshake(SETTINGS)) {
            byte[] answer = server.receive("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

            assertThat(new String(answer, StandardCharsets.US_ASCII))
                    .startsWith("HTTP/1.1 400 Bad Request\r\n")
                    .contains("this port speaks TLS");
            assertThat(server.failure().reason()).isEqualTo(Reason.PLAIN_HTTP);
            assertThat(server.channel().isOpen()).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SSH-2.0-OpenSSH_9.2\r\n",
                "\0\0\0\0\0\0",
                "\u0016\u0002\u0001\0\u0005",
                "\u0080.\u0001\u0003\u0001"
            })
    void shouldCloseOnWhatIsNotTls(String begin) throws Exception {
        try (EmbeddedHandshake server = new EmbeddedHandshake(SETTINGS)) {
            assertThat(server.receive(begin.getBytes(StandardCharsets.ISO_8859_1)))
                    .isEmpty();

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
            assertThat(server.receive(RawClientHello.record(type, new byte[] {1})))
                    .isEqualTo(alert(10));

            assertThat(server.failure().reason()).isEqualTo(Reason.ALERT_SENT);
        }
    }

    /** In the middle of a hello; the first bytes of a connection say whether it is TLS at all. */
    @ParameterizedTest
    @ValueSource(ints = {0, 19, 24, 25, 99, 255})
    void shouldRefuseARecordOfAnUnknownType(int type) throws Exception {
        byte[] hello = RawClientHello.tls13(Group.X25519, X25519_SHARE).message();
        try (EmbeddedHandshake server = new EmbeddedHandshake(SETTINGS)) {
            assertThat(server.receive(RawClientHello.record(22, Arrays.copyOf(hello, 20))))
                    .isEmpty();

            assertThat(server.receive(RawClientHello.record(type, new byte[] {1})))
                    .isEqualTo(alert(10));
            assertThat(server.failure().detail()).startsWith("unexpected_message");
        }
    }

    @Test
    void shouldReportAnAlertOfTheClient() throws Exception {
        try (EmbeddedHandshake server = new EmbeddedHandshake(SETTINGS)) {
            server.receive(EngineClient.of("TLSv1.3").hello());
            assertThat(server.receive(RawClientHello.record(21, new byte[] {2, 42})))
                    .isEmpty();

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
            byte[] answer = server.receive(RawClientHello.tls13(Group.X25519, X25519_SHARE)
                    .withSuites(0x1304)
                    .record());

            assertThat(answer).endsWith((byte) 2, (byte) 40);
            assertThat(server.failure().detail())
                    .isEqualTo("handshake_failure: no cipher suite, signature scheme or group in common");
        }
    }

    /** A scheme and a group that we do not have, and in TLS 1.2 a suite whose certificate we do not have. */
    @Test
    void shouldRefuseWhenNoSchemeOrGroupIsCommon() throws Exception {
        byte[] x448 = RawClientHello.list(RawClientHello.shorts(0x001e));
        byte[] ed448 = RawClientHello.list(RawClientHello.shorts(0x0808));
        RawClientHello tls13 = RawClientHello.tls13(Group.X25519, X25519_SHARE);
        for (RawClientHello hello : List.of(
                tls13.with(13, ed448),
                RawClientHello.withoutShare(Group.X25519).with(10, x448),
                RawClientHello.legacy(0x0303).withSuites(0xc02b).with(10, x448).with(13, ed448))) {
            try (EmbeddedHandshake server = new EmbeddedHandshake(SETTINGS)) {
                assertThat(server.receive(hello.record())).isEqualTo(RawClientHello.record(21, new byte[] {2, 40}));
            }
        }
    }

    @Test
    void shouldDemandSignatureAlgorithmsInTls13() throws Exception {
        try (EmbeddedHandshake server = new EmbeddedHandshake(SETTINGS)) {
            byte[] answer = server.receive(
                    RawClientHello.tls13(Group.X25519, X25519_SHARE).without(13).record());

            assertThat(answer).endsWith((byte) 2, (byte) 109);
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
        byte[] first = RawClientHello.tls13(Group.X25519, X25519_SHARE)
                .with(42, new byte[0])
                .with(51, new byte[] {0, 0})
                .record();
        try (EmbeddedHandshake server = new EmbeddedHandshake(SETTINGS)) {
            byte[] retry = server.receive(first);
            assertThat(retry[0]).isEqualTo((byte) 22);
            server.receive(RawClientHello.record(23, new byte[500]));

            assertThat(server.isUndecided()).isTrue();
            server.channel().close();
        }
    }

    private static byte[] alert(int description) {
        return RawClientHello.record(21, new byte[] {2, (byte) description});
    }
}
