package io.offramp.proxy.handshake.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.offload.record.ProtocolVersion;
import io.offramp.proxy.handshake.crypto.Group;
import io.offramp.proxy.tls.HandshakeFailure.Reason;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Odd ClientHellos: what the server takes of them, in which version, and what it leaves unread. */
class AcceptedHelloTest {
    private static final HandshakeSettings SETTINGS = TestSettings.DEFAULT.build();
    private static final byte[] SHARE = HexFormat.of().parseHex("09" + "00".repeat(31));
    private static final byte[] CHOSE_TLS_1_3 = HexFormat.of().parseHex("002b00020304");

    /** RFC 8446 §4.2.1: the preference is ours. GREASE and numbers that mean something elsewhere are passed over. */
    @ParameterizedTest
    @CsvSource({
        "0304, 13",
        "03030304, 13",
        "03040303, 13",
        "0a0a03030304, 13",
        "fefe03030304, 13",
        "03010302030303040305, 13",
        "7f1c0304, 13",
        "0303, 12",
        "03020303, 12",
        "03050303, 12",
        "fefefefd0303, 12"
    })
    void shouldChooseTheNewestVersionInWhateverOrderTheyCome(String versions, int chosen) {
        byte[] list = HexFormat.of().parseHex(versions);

        byte[] answer = answerTo(hello().with(43, RawClientHello.join(new byte[] {(byte) list.length}, list)));

        assertThat(versionOf(answer)).isEqualTo(chosen);
    }

    @Test
    void shouldChooseTls12WhereNothingElseIsOn() {
        HandshakeSettings only12 =
                TestSettings.DEFAULT.with(ProtocolVersion.TLS_1_2).build();

        byte[] answer =
                answerTo(only12, hello().with(43, new byte[] {4, 3, 4, 3, 3}).withCompressions(1, 0));

        assertThat(versionOf(answer)).isEqualTo(12);
    }

    /** RFC 8446 §4.2.1: "Servers MUST NOT use the ClientHello.legacy_version value for version negotiation". */
    @ParameterizedTest
    @ValueSource(ints = {0x0301, 0x0302, 0x0303, 0x0304, 0x03ff, 0x0400, 0x0401, 0x7f12, 0xfeff, 0xfefe, 0xffff})
    void shouldIgnoreTheLegacyVersionBesideSupportedVersions(int legacy) {
        assertThat(versionOf(answerTo(hello().withVersion(legacy)))).isEqualTo(13);
    }

    /** RFC 5246 §E.1: "the server will reply according to the highest version supported by the server". */
    @ParameterizedTest
    @ValueSource(ints = {0x0303, 0x0304, 0x03ff, 0x0400, 0x0401, 0x7f12, 0xfeff, 0xfefe, 0xffff})
    void shouldAnswerANewerClientInTls12(int legacy) {
        assertThat(versionOf(answerTo(RawClientHello.legacy(legacy)))).isEqualTo(12);
    }

    /** RFC 8446 §D.5, and RFC 5246 §E.1 for what is newer than that and older than we are. */
    @ParameterizedTest
    @ValueSource(ints = {0x0000, 0x0002, 0x0100, 0x0200, 0x02ff, 0x0300, 0x0301, 0x0302})
    void shouldRefuseOlderVersionsWithProtocolVersion(int legacy) {
        assertThat(alertOn(RawClientHello.legacy(legacy))).isEqualTo(70);
        if (legacy <= 0x0300) {
            assertThat(alertOn(hello().withVersion(legacy)))
                    .as("beside supported_versions")
                    .isEqualTo(70);
        }
    }

    /** Those that we never use, and in TLS 1.3 those of TLS 1.2: RFC 8446 §4.2. */
    @ParameterizedTest
    @ValueSource(
            ints = {
                2, 3, 4, 6, 9, 12, 14, 15, 17, 18, 19, 20, 21, 22, 24, 26, 27, 29, 47, 48, 49, 50, 57, 0x3374, 0x7a7a,
                0xffce
            })
    void shouldLeaveExtensionsThatAreNotUsedUnread(int type) {
        for (String content : new String[] {"", "00", "ff", "0000", "0001", "ffff", "010203040506070809"}) {
            byte[] odd = HexFormat.of().parseHex(content);

            assertThat(versionOf(answerTo(hello().with(type, odd))))
                    .as("TLS 1.3 with %s", content)
                    .isEqualTo(13);
            assertThat(versionOf(answerTo(tls12().with(type, odd))))
                    .as("TLS 1.2 with %s", content)
                    .isEqualTo(12);
        }
    }

    @ParameterizedTest
    @CsvSource({"11, 0101", "11, 00", "11, ''", "23, 01", "35, 0102", "65281, 00", "65281, 0101"})
    void shouldLeaveExtensionsOfTls12UnreadInTls13(int type, String content) {
        assertThat(versionOf(answerTo(hello().with(type, HexFormat.of().parseHex(content)))))
                .isEqualTo(13);
    }

    @ParameterizedTest
    @CsvSource({"41, 0102", "42, 01", "44, ''", "45, 00", "51, ff"})
    void shouldLeaveExtensionsOfTls13UnreadInTls12(int type, String content) {
        assertThat(versionOf(answerTo(
                        tls12().with(type, HexFormat.of().parseHex(content)).with(0x7a7a, new byte[0]))))
                .isEqualTo(12);
    }

    /** RFC 8701 and RFC 7301 §3.1: names are octets. RFC 6066 §8: another type of status is none that we have. */
    @ParameterizedTest
    @CsvSource({"16, 000c028a8a08687474702f312e31", "5, 02", "5, 01000000003000", "5, 0100043000ffff0000"})
    void shouldTakeWhatOthersMayHaveRegistered(int type, String content) {
        byte[] data = HexFormat.of().parseHex(content);
        if (content.length() == 14) {
            assertThat(alertOn(hello().with(type, data))).as("bytes behind it").isEqualTo(50);
        } else {
            assertThat(versionOf(answerTo(hello().with(type, data)))).isEqualTo(13);
            assertThat(versionOf(answerTo(tls12().with(type, data)))).isEqualTo(12);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1, '', 50",
        "1, 0101, 50",
        "1, 00, 47",
        "1, 05, 47",
        "1, ff, 47",
        "5, '', 50",
        "5, 01, 50",
        "5, 010000, 50",
        "0, 00080000016100000162, 47",
        "28, 003f, 47",
        "28, 00, 50",
        "28, 004000, 50",
        "42, 00, 50",
        "45, '', 50",
        "45, 00, 50",
        "45, 0101ff, 50",
        "44, 0000, 50",
        "44, '', 50"
    })
    void shouldRefuseWhatIsUsedAndWrong(int type, String content, int alert) {
        assertThat(alertOn(hello().with(type, HexFormat.of().parseHex(content))))
                .isEqualTo(alert);
    }

    @ParameterizedTest
    @CsvSource({"11, 0101, 47", "11, 00, 50", "11, '', 50", "11, 020001ff, 50", "23, 00, 50", "65281, 0101, 40"})
    void shouldRefuseWhatIsUsedInTls12AndWrong(int type, String content, int alert) {
        assertThat(alertOn(tls12().with(type, HexFormat.of().parseHex(content))))
                .isEqualTo(alert);
    }

    /** RFC 8446 §4.2.11: as many binders as identities, and both of their lengths. */
    @ParameterizedTest
    @CsvSource({"1, 0, 50", "1, 2, 47", "2, 1, 47", "3, 5, 47", "0, 1, 50", "40, 39, 47"})
    void shouldRefuseAnotherNumberOfBindersThanOfIdentities(int identities, int binders, int alert) {
        byte[] offered = RawClientHello.join(
                RawClientHello.list(repeat("0004010203040a0b0c0d", identities)),
                RawClientHello.list(repeat("20" + "07".repeat(32), binders)));

        assertThat(alertOn(hello().with(45, new byte[] {1, 1}).with(41, offered)))
                .isEqualTo(alert);
    }

    @ParameterizedTest
    @CsvSource({
        "00, 50",
        "0000, 50",
        "00060001000000000021" + "20, 50",
        "0007000100000000000000, 50",
        "000800020102030405060021, 50",
        "ffff, 50"
    })
    void shouldRefusePskThatCannotBeParsed(String content, int alert) {
        assertThat(alertOn(hello().with(45, new byte[] {1, 1})
                        .with(41, HexFormat.of().parseHex(content))))
                .isEqualTo(alert);
    }

    @Test
    void shouldDemandTheModesOfAPskAndThatItIsLast() {
        byte[] offered = RawClientHello.join(
                RawClientHello.list(repeat("0004010203040a0b0c0d", 1)),
                RawClientHello.list(repeat("20" + "07".repeat(32), 1)));

        assertThat(alertOn(hello().with(41, offered))).as("missing_extension").isEqualTo(109);
        assertThat(alertOn(hello().with(41, offered).with(45, new byte[] {1, 1})))
                .as("illegal_parameter")
                .isEqualTo(47);
        assertThat(versionOf(answerTo(hello().with(45, new byte[] {1, 1}).with(41, offered))))
                .as("an unknown ticket")
                .isEqualTo(13);
    }

    private static RawClientHello hello() {
        return RawClientHello.tls13(Group.X25519, SHARE)
                .with(10, RawClientHello.list(RawClientHello.shorts(Group.X25519.code(), Group.SECP256R1.code())));
    }

    private static RawClientHello tls12() {
        return RawClientHello.legacy(0x0303);
    }

    private static byte[] repeat(String hex, int times) {
        return HexFormat.of().parseHex(hex.repeat(times));
    }

    private static int versionOf(byte[] answer) {
        assertThat(answer).startsWith(22, 3, 3);
        return HexFormat.of().formatHex(answer).contains(HexFormat.of().formatHex(CHOSE_TLS_1_3)) ? 13 : 12;
    }

    private static byte[] answerTo(RawClientHello hello) {
        return answerTo(SETTINGS, hello);
    }

    private static byte[] answerTo(HandshakeSettings settings, RawClientHello hello) {
        try (EmbeddedHandshake server = new EmbeddedHandshake(settings)) {
            byte[] answer = server.receive(hello.record());
            assertThat(server.events()).isEmpty();
            server.channel().close();
            return answer;
        }
    }

    /** Of the one plaintext alert that is the whole answer. */
    private static int alertOn(RawClientHello hello) {
        try (EmbeddedHandshake server = new EmbeddedHandshake(SETTINGS)) {
            byte[] answer = server.receive(hello.record());

            assertThat(server.failure().reason()).as("%s", server.failure()).isEqualTo(Reason.ALERT_SENT);
            assertThat(answer).startsWith(21, 3, 3, 0, 2, 2).hasSize(7);
            return answer[6];
        }
    }
}
