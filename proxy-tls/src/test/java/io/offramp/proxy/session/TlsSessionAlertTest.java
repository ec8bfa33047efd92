package io.offramp.proxy.session;

import static io.offramp.offload.record.AlertDescription.BAD_RECORD_MAC;
import static io.offramp.offload.record.AlertDescription.DECODE_ERROR;
import static io.offramp.offload.record.AlertDescription.HANDSHAKE_FAILURE;
import static io.offramp.offload.record.AlertDescription.ILLEGAL_PARAMETER;
import static io.offramp.offload.record.AlertDescription.RECORD_OVERFLOW;
import static io.offramp.offload.record.AlertDescription.UNEXPECTED_MESSAGE;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.offload.record.AlertDescription;
import io.offramp.offload.record.ProtocolVersion;
import io.offramp.offload.tck.ReferenceRecords;
import io.offramp.proxy.session.OffloadConfig.Policy;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which alert answers what, and what an alert does (RFC 8446 §6, RFC 5246 §7.2). */
class TlsSessionAlertTest extends SessionFixture {
    interface Wire {
        /** What the client sends, in the end. */
        byte[] of(ReferenceRecords client);
    }

    private static Arguments refused(String what, ProtocolVersion version, AlertDescription alert, Wire wire) {
        return Arguments.of(what, version, alert, wire);
    }

    private static byte[] handshake(ReferenceRecords client, int... message) {
        return client.seal(HANDSHAKE, bytes(message));
    }

    private static byte[] plain(int type, int version, int length, int... fragment) {
        byte[] header = {(byte) type, (byte) (version >> 8), (byte) version, (byte) (length >> 8), (byte) length};
        return ReferenceRecords.concat(header, bytes(fragment));
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    private static byte[] repeated(int times, Supplier<byte[]> record) {
        byte[] all = new byte[0];
        for (int i = 0; i < times; i++) {
            all = ReferenceRecords.concat(all, record.get());
        }
        return all;
    }

    private static byte[] inner(int content, int type, int padding) {
        byte[] inner = new byte[content + 1 + padding];
        Arrays.fill(inner, 0, content, (byte) 'x');
        inner[content] = (byte) type;
        return inner;
    }

    private static byte[] tampered(byte[] record, int at) {
        record[at] ^= 1;
        return record;
    }

    static Stream<Arguments> everyCause() {
        return Stream.of(causes13(), causes12()).flatMap(each -> each);
    }

    private static Stream<Arguments> causes13() {
        ProtocolVersion v = ProtocolVersion.TLS_1_3;
        return Stream.of(
                refused("tampered ciphertext", v, BAD_RECORD_MAC, c -> tampered(c.seal(DATA, new byte[9]), 7)),
                refused("tampered tag", v, BAD_RECORD_MAC, c -> tampered(c.seal(DATA, new byte[9]), 30)),
                refused("shorter than a tag", v, BAD_RECORD_MAC, c -> plain(DATA, 0x303, 3, 1, 2, 3)),
                refused("longer than 2^14 + 256", v, RECORD_OVERFLOW, c -> plain(DATA, 0x303, 16_641)),
                refused("content over 2^14", v, RECORD_OVERFLOW, c -> c.sealInner(inner(16_385, DATA, 0))),
                refused(
                        "content and padding over 2^14",
                        v,
                        RECORD_OVERFLOW,
                        c -> c.sealInner(inner(16_000, DATA, 385))),
                refused("nothing but padding", v, UNEXPECTED_MESSAGE, c -> c.sealInner(new byte[100])),
                refused("unknown inner type", v, UNEXPECTED_MESSAGE, c -> c.sealInner(inner(1, 99, 0))),
                refused("heartbeat", v, UNEXPECTED_MESSAGE, c -> c.sealInner(inner(1, 24, 0))),
                refused("protected CCS", v, UNEXPECTED_MESSAGE, c -> c.sealInner(inner(1, 20, 0))),
                refused("plain CCS", v, UNEXPECTED_MESSAGE, c -> plain(20, 0x303, 1, 1)),
                refused("plain alert", v, UNEXPECTED_MESSAGE, c -> plain(ALERT, 0x303, 2, 1, 0)),
                refused("plain handshake", v, UNEXPECTED_MESSAGE, c -> plain(HANDSHAKE, 0x303, 5, 24, 0, 0, 1, 0)),
                refused("unknown outer type", v, UNEXPECTED_MESSAGE, c -> plain(99, 0x303, 1, 1)),
                refused("record version", v, DECODE_ERROR, c -> tampered(c.seal(DATA, new byte[9]), 2)),
                refused("empty handshake record", v, UNEXPECTED_MESSAGE, c -> c.seal(HANDSHAKE, new byte[0])),
                refused("empty alert record", v, UNEXPECTED_MESSAGE, c -> c.seal(ALERT, new byte[0])),
                refused("half an alert", v, DECODE_ERROR, c -> c.seal(ALERT, bytes(1))),
                refused("two alerts in a record", v, DECODE_ERROR, c -> c.seal(ALERT, bytes(1, 0, 1, 0))),
                refused(
                        "alert inside a message",
                        v,
                        UNEXPECTED_MESSAGE,
                        c -> ReferenceRecords.concat(handshake(c, 24, 0), c.seal(ALERT, bytes(1, 0)))),
                refused(
                        "data inside a message",
                        v,
                        UNEXPECTED_MESSAGE,
                        c -> ReferenceRecords.concat(handshake(c, 24), c.seal(DATA, bytes(1)))),
                refused("ClientHello", v, UNEXPECTED_MESSAGE, c -> handshake(c, 1, 0, 0, 1, 0)),
                refused("NewSessionTicket", v, UNEXPECTED_MESSAGE, c -> handshake(c, 4, 0, 0, 1, 0)),
                refused("EndOfEarlyData", v, UNEXPECTED_MESSAGE, c -> handshake(c, 5, 0, 0, 0)),
                refused("Certificate", v, UNEXPECTED_MESSAGE, c -> handshake(c, 11, 0, 0, 1, 0)),
                refused("Finished again", v, UNEXPECTED_MESSAGE, c -> handshake(c, 20, 0, 0, 1, 0)),
                refused("unknown message", v, UNEXPECTED_MESSAGE, c -> handshake(c, 77, 0, 0, 0)),
                refused("empty KeyUpdate", v, DECODE_ERROR, c -> handshake(c, 24, 0, 0, 0)),
                refused("KeyUpdate of two bytes", v, DECODE_ERROR, c -> handshake(c, 24, 0, 0, 2, 0, 0)),
                refused("KeyUpdate that asks for 2", v, ILLEGAL_PARAMETER, c -> handshake(c, 24, 0, 0, 1, 2)),
                refused(
                        "two KeyUpdates in a record",
                        v,
                        UNEXPECTED_MESSAGE,
                        c -> handshake(c, 24, 0, 0, 1, 0, 24, 0, 0, 1, 0)),
                refused("33 empty records", v, UNEXPECTED_MESSAGE, c -> repeated(33, () -> c.seal(DATA, new byte[0]))),
                refused("6 user_canceled", v, UNEXPECTED_MESSAGE, c -> repeated(6, () -> c.seal(ALERT, bytes(1, 90)))));
    }

    private static Stream<Arguments> causes12() {
        ProtocolVersion v = ProtocolVersion.TLS_1_2;
        int[] hello = {1, 0, 0, 4, 3, 3, 0, 0};
        return Stream.of(
                refused("tampered ciphertext", v, BAD_RECORD_MAC, c -> tampered(c.seal(DATA, new byte[9]), 15)),
                refused("shorter than nonce and tag", v, BAD_RECORD_MAC, c -> plain(DATA, 0x303, 3, 1, 2, 3)),
                refused("longer than the limit", v, RECORD_OVERFLOW, c -> plain(DATA, 0x303, 18_433)),
                refused("CCS", v, UNEXPECTED_MESSAGE, c -> c.seal(20, bytes(1))),
                refused("unknown type", v, UNEXPECTED_MESSAGE, c -> plain(99, 0x303, 1, 1)),
                refused("record version", v, DECODE_ERROR, c -> tampered(c.seal(DATA, new byte[9]), 2)),
                refused("empty handshake record", v, UNEXPECTED_MESSAGE, c -> c.seal(HANDSHAKE, new byte[0])),
                refused("empty alert record", v, UNEXPECTED_MESSAGE, c -> c.seal(ALERT, new byte[0])),
                refused("half an alert", v, DECODE_ERROR, c -> c.seal(ALERT, bytes(1, 0, 1))),
                refused(
                        "data inside a message",
                        v,
                        UNEXPECTED_MESSAGE,
                        c -> ReferenceRecords.concat(handshake(c, 1, 0, 0, 9, 3), c.seal(DATA, bytes(1)))),
                refused("KeyUpdate", v, UNEXPECTED_MESSAGE, c -> handshake(c, 24, 0, 0, 1, 0)),
                refused("Finished again", v, UNEXPECTED_MESSAGE, c -> handshake(c, 20, 0, 0, 1, 0)),
                refused("empty ClientHello", v, DECODE_ERROR, c -> handshake(c, 1, 0, 0, 0)),
                refused("ClientHello of 16 MB", v, DECODE_ERROR, c -> handshake(c, 1, 255, 255, 255)),
                refused("fourth renegotiation", v, HANDSHAKE_FAILURE, c -> repeated(4, () -> handshake(c, hello))),
                refused("33 empty records", v, UNEXPECTED_MESSAGE, c -> repeated(33, () -> c.seal(DATA, new byte[0]))),
                refused("6 warnings", v, UNEXPECTED_MESSAGE, c -> repeated(6, () -> c.seal(ALERT, bytes(1, 112)))));
    }

    @ParameterizedTest(name = "{1} {0}")
    @MethodSource("everyCause")
    void shouldTellTheClientWhy(String what, ProtocolVersion version, AlertDescription alert, Wire wire) {
        for (Policy policy : List.of(Policy.SW, Policy.HW)) {
            faults.clear();
            start(version, policy);

            receive(wire.of(client));

            int warnings = alert == HANDSHAKE_FAILURE ? 3 : 0;
            byte[] expectedAlerts = ReferenceRecords.concat(
                    repeated(warnings, () -> expected.seal(ALERT, bytes(1, 100))),
                    expected.seal(ALERT, bytes(2, alert.code())));
            assertThat(sent()).as("in %s", policy).isEqualTo(expectedAlerts);
            assertThat(received()).isEmpty();
            assertThat(channel.isOpen()).isFalse();
            assertThat(faults).hasSize(1);
            assertThat(rxKeys.isDestroyed()).isTrue();
            assertThat(txKeys.isDestroyed()).isTrue();
        }
    }

    @Test
    void shouldAnswerATamperedRecordWithBadRecordMacAndReleaseNothingOfIt() {
        start(ProtocolVersion.TLS_1_3);
        byte[] good = client.seal(DATA, "good".getBytes(US_ASCII));
        byte[] bad = client.seal(DATA, "evil".getBytes(US_ASCII));
        bad[7] ^= 1;

        receive(ReferenceRecords.concat(good, bad));

        assertThat(received()).isEqualTo("good");
        assertThat(sent()).isEqualTo(expected.seal(ALERT, new byte[] {2, 20}));
        assertThat(channel.isOpen()).isFalse();
        assertThat(faults).hasSize(1);
        assertThat(tally.faults()).containsExactly("RX RecordAuthenticationException");
    }

    @Test
    void shouldRefuseRenegotiationWithAWarningAndGiveUpOnTheFourth() {
        start(ProtocolVersion.TLS_1_2);
        byte[] hello = new byte[60];
        hello[0] = 1;
        hello[3] = 56;

        for (int i = 0; i < 3; i++) {
            receive(client.seal(HANDSHAKE, hello));
            assertThat(sent()).isEqualTo(expected.seal(ALERT, new byte[] {1, 100}));
        }
        receive(client.seal(HANDSHAKE, hello));

        assertThat(sent()).isEqualTo(expected.seal(ALERT, new byte[] {2, 40}));
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void shouldCloseWithoutAWordWhenThePeerGivesUp() {
        start(ProtocolVersion.TLS_1_3);

        receive(client.seal(ALERT, new byte[] {2, 42}));

        assertThat(sent()).isEmpty();
        assertThat(channel.isOpen()).isFalse();
    }

    /** RFC 8446 §6.1: it may come before close_notify, and ends nothing. */
    @Test
    void shouldGoOnBehindUserCanceled() {
        start(ProtocolVersion.TLS_1_3);

        receive(client.seal(ALERT, bytes(1, 90)));
        receive(client.seal(DATA, "still here".getBytes(US_ASCII)));

        assertThat(received()).isEqualTo("still here");
        assertThat(sent()).isEmpty();
    }

    /** RFC 8446 §6: whatever level it comes with, and whether it is known or not. */
    @ParameterizedTest
    @ValueSource(ints = {10, 20, 80, 100, 110, 255})
    void shouldTakeEveryOtherAlertForTheEnd(int description) {
        start(ProtocolVersion.TLS_1_3);

        receive(client.seal(ALERT, bytes(1, description)));

        assertThat(sent()).isEmpty();
        assertThat(channel.isOpen()).isFalse();
    }

    static Stream<Arguments> asManyAsMayBe() {
        return Stream.of(
                Arguments.of("5 user_canceled", ProtocolVersion.TLS_1_3, 5, ALERT, bytes(1, 90)),
                Arguments.of("32 empty records", ProtocolVersion.TLS_1_3, 32, DATA, bytes()),
                Arguments.of("5 warnings", ProtocolVersion.TLS_1_2, 5, ALERT, bytes(1, 112)),
                Arguments.of("32 empty records", ProtocolVersion.TLS_1_2, 32, DATA, bytes()));
    }

    /** One more of each is in the table above. */
    @ParameterizedTest(name = "{1} {0}")
    @MethodSource("asManyAsMayBe")
    void shouldGoOnBehindAsManyAsMayBe(String what, ProtocolVersion version, int times, int type, byte[] content) {
        start(version);

        receive(repeated(times, () -> client.seal(type, content)));
        receive(client.seal(DATA, "still here".getBytes(US_ASCII)));

        assertThat(received()).isEqualTo("still here");
        assertThat(sent()).isEmpty();
        assertThat(faults).isEmpty();
    }

    @Test
    void shouldStripPadding() {
        start(ProtocolVersion.TLS_1_3);

        receive(client.sealInner(inner(3, DATA, 16_000)));

        assertThat(received()).isEqualTo("xxx");
    }
}
