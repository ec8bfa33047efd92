package io.offramp.offload.tck;

import static io.offramp.offload.tck.ReferenceRecords.concat;
import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.offload.record.AlertDescription;
import io.offramp.offload.record.ContentType;
import io.offramp.offload.tck.CollectingRxSink.Received;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Records that authenticate, but stretch or break the format: each breach has its alert. */
interface RxFormatContract extends ContractFixtures {
    // = RFC 8446 §5.4
    // = type=test
    // # the receiving implementation scans the field from the end toward the beginning until it finds a non-zero octet
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("rx13")
    default void shouldStripPadding(Protection protection) {
        SessionFixtures.Rx rx = fixtures().rx(protection, 0);

        for (int paddingBytes : new int[] {1, 7, 8, 9, 255, MAX - 10}) {
            byte[] content = {0, 1, 0, 2, 0, 0, 3, 0, 0, 0};
            fixtures().receive(rx, rx.peer().sealInner(inner(content, DATA, paddingBytes)));

            assertThat(rx.sink().received().getLast())
                    .as("%d bytes of padding", paddingBytes)
                    .isEqualTo(new Received(ContentType.APPLICATION_DATA, content));
        }
        assertThat(rx.sink().faults()).isEmpty();
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("rx13")
    default void shouldStripPaddingBehindNothing(Protection protection) {
        SessionFixtures.Rx rx = fixtures().rx(protection, 0);

        fixtures().receive(rx, rx.peer().sealInner(inner(new byte[0], DATA, MAX)));

        assertThat(rx.sink().received()).containsExactly(new Received(ContentType.APPLICATION_DATA, new byte[0]));
    }

    // = RFC 8446 §5.4
    // = type=test
    // # If a receiving implementation does not find a non-zero octet in the cleartext, it MUST terminate the connection
    // # with an "unexpected_message" alert.
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("rx13")
    default void shouldRefuseARecordThatIsNothingButPadding(Protection protection) {
        for (int paddingBytes : new int[] {1, 8, 100, MAX + 1}) {
            SessionFixtures.Rx rx = fixtures().rx(protection, 0);

            expectRefusal(rx, rx.peer().sealInner(new byte[paddingBytes]), AlertDescription.UNEXPECTED_MESSAGE);
        }
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("rx13")
    default void shouldRefuseAnInnerTypeThatDoesNotExist(Protection protection) {
        for (int type : new int[] {1, 19, 24, 255}) {
            SessionFixtures.Rx rx = fixtures().rx(protection, 0);

            expectRefusal(rx, rx.peer().seal(type, new byte[] {1}), AlertDescription.UNEXPECTED_MESSAGE);
        }
    }

    // = RFC 8446 §5
    // = type=test
    // # An implementation which receives any other change_cipher_spec value or which receives a protected
    // # change_cipher_spec record MUST abort the handshake with an "unexpected_message" alert.
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("rx13")
    default void shouldRefuseAProtectedChangeCipherSpec(Protection protection) {
        SessionFixtures.Rx rx = fixtures().rx(protection, 0);

        expectRefusal(rx, rx.peer().seal(20, new byte[] {1}), AlertDescription.UNEXPECTED_MESSAGE);
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("rx13")
    default void shouldRefuseAnUnprotectedRecord(Protection protection) {
        for (byte type : new byte[] {20, 21, 22}) {
            SessionFixtures.Rx rx = fixtures().rx(protection, 0);

            expectRefusal(rx, new byte[] {type, 3, 3, 0, 1, 1}, AlertDescription.UNEXPECTED_MESSAGE);
        }
    }

    // = RFC 8446 §5.4
    // = type=test
    // # Implementations MUST NOT send Handshake and Alert records that have a zero-length TLSInnerPlaintext.content; if
    // # such a message is received, the receiving implementation MUST terminate the connection with an
    // # "unexpected_message" alert.
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("rx")
    default void shouldRefuseAnEmptyAlertOrHandshakeRecord(Protection protection) {
        for (int type : new int[] {ALERT, HANDSHAKE}) {
            SessionFixtures.Rx rx = fixtures().rx(protection, 0);

            expectRefusal(rx, rx.peer().seal(type, new byte[0]), AlertDescription.UNEXPECTED_MESSAGE);
        }
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("rx13")
    default void shouldRefuseAnEmptyHandshakeRecordWithPadding(Protection protection) {
        SessionFixtures.Rx rx = fixtures().rx(protection, 0);

        expectRefusal(rx, rx.peer().sealInner(inner(new byte[0], HANDSHAKE, 20)), AlertDescription.UNEXPECTED_MESSAGE);
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("rx")
    default void shouldRefuseTooMuchContent(Protection protection) {
        SessionFixtures.Rx rx = fixtures().rx(protection, 0);

        expectRefusal(rx, rx.peer().seal(DATA, fixtures().content(MAX + 1)), AlertDescription.RECORD_OVERFLOW);
    }

    // = RFC 8446 §5.4
    // = type=test
    // # the full encoded TLSInnerPlaintext MUST NOT exceed 2^14 + 1 octets
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("rx13")
    default void shouldRefuseTooMuchPadding(Protection protection) {
        SessionFixtures.Rx rx = fixtures().rx(protection, 0);

        expectRefusal(rx, rx.peer().sealInner(inner(new byte[] {1}, DATA, MAX)), AlertDescription.RECORD_OVERFLOW);
    }

    // = RFC 8446 §5.2
    // = type=test
    // # The length MUST NOT exceed 2^14 + 256 bytes. An endpoint that receives a record that exceeds this length MUST
    // # terminate the connection with a "record_overflow" alert.
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("rx")
    default void shouldRefuseAnOversizeRecordBeforeItsBodyArrives(Protection protection) {
        for (int fragmentBytes : new int[] {protection.format().maxFragmentBytes() + 1, 0xffff}) {
            SessionFixtures.Rx rx = fixtures().rx(protection, 0);

            expectRefusal(rx, header(fragmentBytes), AlertDescription.RECORD_OVERFLOW);
            assertThat(rx.session().bufferedBytes()).isZero();
        }
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("rx")
    default void shouldRefuseAnOversizeRecordWhereverItsHeaderIsCut(Protection protection) {
        byte[] header = header(protection.format().maxFragmentBytes() + 1);
        for (int cut = 1; cut < header.length; cut++) {
            SessionFixtures.Rx rx = fixtures().rx(protection, 0);

            fixtures().receive(rx, Arrays.copyOf(header, cut));
            assertThat(rx.sink().faults()).as("cut at %d", cut).isEmpty();

            expectRefusal(rx, Arrays.copyOfRange(header, cut, header.length), AlertDescription.RECORD_OVERFLOW);
        }
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("rx")
    default void shouldRefuseARecordTooShortToAuthenticate(Protection protection) {
        for (int fragmentBytes : new int[] {0, 1, protection.format().minFragmentBytes() - 1}) {
            SessionFixtures.Rx rx = fixtures().rx(protection, 0);

            expectRefusal(rx, concat(header(fragmentBytes), new byte[fragmentBytes]), AlertDescription.BAD_RECORD_MAC);
        }
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("rx")
    default void shouldTakeEmptyDataRecords(Protection protection) {
        SessionFixtures.Rx rx = fixtures().rx(protection, 0);

        fixtures()
                .receive(rx, concat(rx.peer().seal(DATA, new byte[0]), rx.peer().seal(DATA, new byte[0])));

        assertThat(rx.sink().received()).hasSize(2);
        assertThat(rx.sink().faults()).isEmpty();
    }

    /** Refused at once, with this alert, and the session is dead. */
    private void expectRefusal(SessionFixtures.Rx rx, byte[] bad, AlertDescription alert) {
        fixtures().receive(rx, bad);

        assertThat(rx.sink().received()).isEmpty();
        assertThat(rx.sink().faults()).hasSize(1);
        assertThat(rx.sink().faults().getFirst().alert()).contains(alert);
        assertThat(rx.keys().isDestroyed()).isTrue();
    }

    private static byte[] inner(byte[] content, int type, int paddingBytes) {
        byte[] inner = Arrays.copyOf(content, content.length + 1 + paddingBytes);
        inner[content.length] = (byte) type;
        return inner;
    }

    private static byte[] header(int fragmentBytes) {
        return new byte[] {23, 3, 3, (byte) (fragmentBytes >> 8), (byte) fragmentBytes};
    }
}
