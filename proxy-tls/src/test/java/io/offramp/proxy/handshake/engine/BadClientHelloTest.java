package io.offramp.proxy.handshake.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.proxy.handshake.crypto.Group;
import io.offramp.proxy.tls.HandshakeFailure.Reason;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** ClientHellos that no client sends, and the records that they come in: the alert of each. */
class BadClientHelloTest {
    private static final HandshakeSettings SETTINGS = TestSettings.DEFAULT.build();
    private static final byte[] SHARE = HexFormat.of().parseHex("09" + "00".repeat(31));
    private static final int EXTENSION_BYTES = 2 + (4 + 3) + (4 + 4) + (4 + 6) + (4 + 38);
    private static final int UNEXPECTED_MESSAGE = 10;
    private static final int ILLEGAL_PARAMETER = 47;
    private static final int DECODE_ERROR = 50;
    private static final int PROTOCOL_VERSION = 70;

    @Test
    void shouldRefuseAHelloThatEndsTooEarlyWhereverThatIs() {
        byte[] whole = hello().message();
        for (int bytes = 4; bytes < whole.length; bytes++) {
            byte[] cut = Arrays.copyOf(whole, bytes);
            cut[2] = (byte) (bytes - 4 >> 8);
            cut[3] = (byte) (bytes - 4);
            try (EmbeddedHandshake server = new EmbeddedHandshake(SETTINGS)) {
                byte[] answer = server.receive(RawClientHello.record(22, cut));

                if (bytes == whole.length - EXTENSION_BYTES) { // a good one of TLS 1.2
                    assertThat(server.isUndecided()).isTrue();
                    server.channel().close();
                } else {
                    assertThat(answer)
                            .as("%d bytes", bytes)
                            .isEqualTo(RawClientHello.record(21, new byte[] {2, DECODE_ERROR}));
                    assertThat(server.failure().reason()).isEqualTo(Reason.ALERT_SENT);
                }
            }
        }
    }

    @Test
    void shouldRefuseBytesBehindTheExtensions() {
        byte[] message = RawClientHello.join(hello().message(), new byte[] {0});
        message[3]++;

        assertThat(alertOn(RawClientHello.record(22, message))).isEqualTo(DECODE_ERROR);
    }

    @Test
    void shouldRefuseARepeatedExtension() {
        for (int type : new int[] {0, 10, 13, 16, 43, 51, 0x7a7a}) {
            byte[] message = hello().with(0, serverName())
                    .with(16, protocols())
                    .with(0x7a7a, new byte[0])
                    .message();
            byte[] again = RawClientHello.join(RawClientHello.shorts(type), RawClientHello.list(new byte[0]));
            byte[] twice = RawClientHello.join(message, again);
            int extensions = 4 + 2 + 32 + 1 + 2 + 6 + 2;
            grow(twice, 2, again.length);
            grow(twice, extensions, again.length);

            assertThat(alertOn(RawClientHello.record(22, twice)))
                    .as("extension %d", type)
                    .isEqualTo(ILLEGAL_PARAMETER);
        }
    }

    @Test
    void shouldRefuseTls13WithoutWhatItNeeds() {
        assertThat(alertOn(hello().without(51).record())).as("no key_share").isEqualTo(109);
        assertThat(alertOn(hello().without(10).record()))
                .as("no supported_groups")
                .isEqualTo(109);
        assertThat(alertOn(hello().without(13).record()))
                .as("no signature_algorithms")
                .isEqualTo(109);
        assertThat(alertOn(hello().with(43, new byte[] {2, 3, 5}).record()))
                .as("no version that we know")
                .isEqualTo(PROTOCOL_VERSION);
        assertThat(alertOn(hello().with(43, new byte[] {0}).record()))
                .as("no version at all")
                .isEqualTo(DECODE_ERROR);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0000, 50",
        "0, 0003000000, 50",
        "0, 00ff, 50",
        "10, 0000, 50",
        "10, 0001ff, 50",
        "13, 0000, 50",
        "13, 000104, 50",
        "16, 0000, 50",
        "16, 000100, 50",
        "16, 0002ff61, 50",
        "16, 00020161ff, 50",
        "43, 0203, 50",
        "51, 0024, 50",
        "51, 0004001d0000, 50",
        "51, 000000, 50"
    })
    void shouldRefuseMalformedExtensions(int type, String hex, int alert) {
        assertThat(alertOn(hello().with(type, HexFormat.of().parseHex(hex)).record()))
                .isEqualTo(alert);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0000", "00021301", "0001", "000113"})
    void shouldRefuseSuitesThatAreNone(String list) {
        byte[] message = hello().message();
        byte[] suites = HexFormat.of().parseHex(list);
        int at = 4 + 2 + 32 + 1;
        byte[] changed = RawClientHello.join(
                Arrays.copyOf(message, at), suites, Arrays.copyOfRange(message, at + 8, message.length));
        grow(changed, 2, suites.length - 8);

        if (list.equals("00021301")) {
            try (EmbeddedHandshake server = new EmbeddedHandshake(SETTINGS)) {
                assertThat(server.receive(RawClientHello.record(22, changed))[0])
                        .isEqualTo((byte) 22);
                server.channel().close();
            }
        } else {
            assertThat(alertOn(RawClientHello.record(22, changed))).isIn(DECODE_ERROR, 40);
        }
    }

    @Test
    void shouldRefuseAClientThatDemandsCompression() {
        assertThat(alertOn(hello().withCompressions(1).record())).isEqualTo(ILLEGAL_PARAMETER);
        assertThat(alertOn(RawClientHello.legacy(0x0303).withCompressions(1, 64).record()))
                .isEqualTo(ILLEGAL_PARAMETER);
        assertThat(alertOn(hello().withCompressions().record())).isEqualTo(DECODE_ERROR);
    }

    /** RFC 8446 §4.1.2: just one method, which is none. TLS 1.2 may offer more. */
    @Test
    void shouldRefuseTls13WithAnyOtherCompressionBeside() {
        assertThat(alertOn(hello().withCompressions(1, 0).record())).isEqualTo(ILLEGAL_PARAMETER);
        assertThat(alertOn(hello().withCompressions(0, 1).record())).isEqualTo(ILLEGAL_PARAMETER);
        assertThat(alertOn(hello().withCompressions(0, 0).record())).isEqualTo(ILLEGAL_PARAMETER);
    }

    @ParameterizedTest
    @ValueSource(ints = {0x0300, 0x0301, 0x0302, 0x0303, 0x0304, 0x037f, 0x03ff})
    void shouldIgnoreTheVersionOfTheRecordThatTheHelloIsIn(int version) {
        byte[] record = hello().record();
        record[1] = (byte) (version >> 8);
        record[2] = (byte) version;
        try (EmbeddedHandshake server = new EmbeddedHandshake(SETTINGS)) {
            byte[] answer = server.receive(record);

            assertThat(answer).startsWith(22, 3, 3);
            assertThat(server.isUndecided()).isTrue();
            server.channel().close();
        }
    }

    @Test
    void shouldRefuseARecordOfAnotherMajorVersionInMidHello() {
        byte[] message = hello().message();
        byte[] begin = RawClientHello.record(22, Arrays.copyOf(message, 20));
        byte[] rest = RawClientHello.record(22, Arrays.copyOfRange(message, 20, message.length));
        rest[1] = 2;

        assertThat(alertOn(RawClientHello.join(begin, rest))).isEqualTo(UNEXPECTED_MESSAGE);
    }

    @Test
    void shouldRefuseAnEmptyHandshakeRecord() {
        byte[] empty = RawClientHello.record(22, new byte[0]);
        byte[] message = hello().message();

        assertThat(alertOn(empty)).isEqualTo(UNEXPECTED_MESSAGE);
        assertThat(alertOn(RawClientHello.join(RawClientHello.record(22, Arrays.copyOf(message, 20)), empty)))
                .isEqualTo(UNEXPECTED_MESSAGE);
        assertThat(alertOn(RawClientHello.record(21, new byte[0]))).isEqualTo(UNEXPECTED_MESSAGE);
        assertThat(alertOn(RawClientHello.record(20, new byte[0]))).isEqualTo(UNEXPECTED_MESSAGE);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 4, 8, 11, 15, 16, 20, 24, 254})
    void shouldRefuseAnyOtherMessageInPlaceOfTheHello(int type) {
        assertThat(alertOn(RawClientHello.record(22, new byte[] {(byte) type, 0, 0, 0})))
                .isEqualTo(UNEXPECTED_MESSAGE);
    }

    private static RawClientHello hello() {
        return RawClientHello.tls13(Group.X25519, SHARE);
    }

    private static byte[] serverName() {
        byte[] host = RawClientHello.list("localhost".getBytes(StandardCharsets.US_ASCII));
        return RawClientHello.list(RawClientHello.join(new byte[] {0}, host));
    }

    private static byte[] protocols() {
        return RawClientHello.list("\10http/1.1".getBytes(StandardCharsets.US_ASCII));
    }

    /** Adds to a 16-bit length. */
    private static void grow(byte[] bytes, int at, int by) {
        int length = ((bytes[at] & 0xff) << 8 | bytes[at + 1] & 0xff) + by;
        bytes[at] = (byte) (length >> 8);
        bytes[at + 1] = (byte) length;
    }

    /** Of the one plaintext alert that is the whole answer. */
    private static int alertOn(byte[] bytes) {
        try (EmbeddedHandshake server = new EmbeddedHandshake(SETTINGS)) {
            byte[] answer = server.receive(bytes);

            assertThat(server.failure().reason()).as("%s", server.failure()).isEqualTo(Reason.ALERT_SENT);
            assertThat(answer).startsWith(21, 3, 3, 0, 2, 2).hasSize(7);
            assertThat(server.channel().isOpen()).isFalse();
            return answer[6];
        }
    }
}
