package io.offramp.proxy.handshake.engine;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.offload.record.ProtocolVersion;
import io.offramp.proxy.handshake.crypto.Group;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The content of a ServerHello, byte by byte, and what it leaves out. */
class ServerHelloTest {
    private static final HandshakeSettings SETTINGS = TestSettings.DEFAULT.build();
    private static final byte[] SHARE = HexFormat.of().parseHex("09" + "00".repeat(31));
    private static final int EC_POINT_FORMATS = 11;
    private static final int EXTENDED_MASTER_SECRET = 23;
    private static final int RENEGOTIATION_INFO = 0xff01;
    private static final int RENEGOTIATION_SCSV = 0x00ff;
    private static final int FALLBACK_SCSV = 0x5600;

    @Test
    void shouldEchoTheSessionIdAndSpeakAsTls12ToWhoeverListens() {
        byte[] id = new byte[32];
        Arrays.fill(id, (byte) 7);
        byte[] answer =
                answerTo(SETTINGS, RawClientHello.tls13(Group.X25519, SHARE).withSessionId(id));

        assertThat(answer).as("record").startsWith(22, 3, 3);
        assertThat(Arrays.copyOfRange(answer, 9, 11)).as("legacy_version").containsExactly(3, 3);
        assertThat(Arrays.copyOfRange(answer, 44, 76)).isEqualTo(id);
        assertThat(extensions(answer).keySet()).as("only these, in the clear").containsExactlyInAnyOrder(43, 51);
        assertThat(extensions(answer).get(43)).containsExactly(3, 4);
        int behind = 5 + ((answer[3] & 0xff) << 8 | answer[4] & 0xff);
        assertThat(Arrays.copyOfRange(answer, behind, behind + 6))
                .as("for middleboxes")
                .containsExactly(20, 3, 3, 0, 1, 1);
        assertThat(answer[behind + 6]).as("encrypted from here on").isEqualTo((byte) 23);
    }

    @Test
    void shouldMarkADowngradeToTls12ButNotWhereItCanDoNoBetter() {
        RawClientHello hello = tls12();
        HandshakeSettings only12 =
                TestSettings.DEFAULT.with(ProtocolVersion.TLS_1_2).build();

        assertThat(random(answerTo(SETTINGS, hello))).endsWith("DOWNGRD\1".getBytes(StandardCharsets.US_ASCII));
        assertThat(new String(random(answerTo(only12, hello)), StandardCharsets.ISO_8859_1))
                .doesNotContain("DOWNGRD");
    }

    @Test
    void shouldUseAnExtendedMasterSecretWhereTheClientCan() {
        assertThat(extensions(answerTo(SETTINGS, tls12().with(EXTENDED_MASTER_SECRET, new byte[0]))))
                .containsKey(EXTENDED_MASTER_SECRET);
        assertThat(extensions(answerTo(SETTINGS, tls12()))).doesNotContainKey(EXTENDED_MASTER_SECRET);
    }

    @Test
    void shouldAnswerSecureRenegotiationInBothForms() {
        byte[] empty = {0};
        assertThat(extensions(answerTo(SETTINGS, tls12().withSuites(0xc02b, RENEGOTIATION_SCSV))))
                .containsEntry(RENEGOTIATION_INFO, empty);
        assertThat(extensions(answerTo(SETTINGS, tls12().with(RENEGOTIATION_INFO, empty))))
                .containsEntry(RENEGOTIATION_INFO, empty);
        assertThat(extensions(answerTo(SETTINGS, tls12()))).doesNotContainKey(RENEGOTIATION_INFO);
        assertThat(answerTo(SETTINGS, tls12().with(RENEGOTIATION_INFO, new byte[] {1, 7})))
                .isEqualTo(alert(40));
    }

    @Test
    void shouldRefuseAFallbackThatWasNotNeeded() {
        HandshakeSettings only12 =
                TestSettings.DEFAULT.with(ProtocolVersion.TLS_1_2).build();

        assertThat(answerTo(SETTINGS, tls12().withSuites(0xc02b, FALLBACK_SCSV)))
                .isEqualTo(alert(86));
        assertThat(answerTo(only12, tls12().withSuites(0xc02b, FALLBACK_SCSV))[0])
                .isEqualTo((byte) 22);
    }

    @Test
    void shouldDemandUncompressedPoints() {
        assertThat(answerTo(SETTINGS, tls12().with(EC_POINT_FORMATS, new byte[] {1, 1})))
                .isEqualTo(alert(47));
        assertThat(extensions(answerTo(SETTINGS, tls12().with(EC_POINT_FORMATS, new byte[] {1, 0}))))
                .containsEntry(EC_POINT_FORMATS, new byte[] {1, 0});
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 5, 18, 22, 35, 0x3374, 0x7a7a})
    void shouldAnswerNoExtensionThatWeDoNotHave(int type) {
        byte[] data = switch (type) {
            case 0 -> RawClientHello.list(RawClientHello.join(new byte[] {0}, RawClientHello.list(new byte[] {'a'})));
            case 5 -> new byte[] {1, 0, 0, 0, 0};
            default -> new byte[0];
        };

        assertThat(extensions(answerTo(SETTINGS, tls12().with(type, data)))).doesNotContainKey(type);
    }

    @Test
    void shouldChooseAmongWhatItKnowsOfWhatTheClientOffers() {
        byte[] share = RawClientHello.join(RawClientHello.shorts(Group.X25519.code(), SHARE.length), SHARE);
        byte[] unknown = RawClientHello.join(RawClientHello.shorts(0x4a4a, 1), new byte[1]);
        RawClientHello hello = RawClientHello.tls13(Group.X25519, SHARE)
                .withSuites(0x0a0a, 0x13ff, 0x1301, 0xfafa)
                .with(10, RawClientHello.list(RawClientHello.shorts(0x4a4a, 0x01ff, Group.X25519.code())))
                .with(13, RawClientHello.list(RawClientHello.shorts(0x0a0a, 0x0403, 0xfefe)))
                .with(43, new byte[] {6, 0x7a, 0x7a, 3, 5, 3, 4})
                .with(51, RawClientHello.list(RawClientHello.join(unknown, share)));
        byte[] answer = answerTo(SETTINGS, hello);
        byte[] answer12 = answerTo(
                SETTINGS,
                tls12().withSuites(0x0a0a, 0x00ff, 0xc0ff, 0xc02b)
                        .with(10, RawClientHello.list(RawClientHello.shorts(0x4a4a, 0x01ff, Group.SECP256R1.code())))
                        .with(13, RawClientHello.list(RawClientHello.shorts(0x0a0a, 0x0403))));

        assertThat(suite(answer)).isEqualTo(0x1301);
        assertThat(short16(requireNonNull(extensions(answer).get(51)), 0)).isEqualTo(Group.X25519.code());
        assertThat(suite(answer12)).isEqualTo(0xc02b);
    }

    private static RawClientHello tls12() {
        return RawClientHello.legacy(0x0303)
                .withSuites(0xc02b)
                .with(10, RawClientHello.list(RawClientHello.shorts(Group.SECP256R1.code())))
                .with(13, RawClientHello.list(RawClientHello.shorts(0x0403)));
    }

    private static byte[] answerTo(HandshakeSettings settings, RawClientHello hello) {
        try (EmbeddedHandshake server = new EmbeddedHandshake(settings)) {
            byte[] answer = server.receive(hello.record());
            server.channel().close();
            return answer;
        }
    }

    private static byte[] alert(int description) {
        return RawClientHello.record(21, new byte[] {2, (byte) description});
    }

    private static int suite(byte[] answer) {
        assertThat(answer).startsWith(22, 3, 3);
        return short16(answer, 44 + answer[43]);
    }

    private static byte[] random(byte[] answer) {
        return Arrays.copyOfRange(answer, 11, 43);
    }

    private static Map<Integer, byte[]> extensions(byte[] answer) {
        assertThat(answer).startsWith(22, 3, 3);
        Map<Integer, byte[]> extensions = new LinkedHashMap<>();
        int message = 9 + ((answer[7] & 0xff) << 8 | answer[8] & 0xff);
        for (int at = 5 + 4 + 2 + 32 + 1 + answer[43] + 2 + 1 + 2; at < message; ) {
            int length = short16(answer, at + 2);
            extensions.put(short16(answer, at), Arrays.copyOfRange(answer, at + 4, at + 4 + length));
            at += 4 + length;
        }
        return extensions;
    }

    private static int short16(byte[] bytes, int at) {
        return (bytes[at] & 0xff) << 8 | bytes[at + 1] & 0xff;
    }
}
