package io.offramp.offload.device.hardware.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.offload.device.hardware.context.AuthState;
import io.offramp.offload.device.hardware.context.TrackerState;
import io.offramp.offload.device.hardware.queue.TlsOffload;
import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.record.ProtocolVersion;
import io.offramp.offload.tck.Protection;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Records that packets cut, lose and repeat: what the device decrypts, and where it believes to stand. */
class RxTrackingTest {
    private static List<Protection> protections() {
        return List.of(
                new Protection(ProtocolVersion.TLS_1_2, AeadSuite.AES_128_GCM),
                new Protection(ProtocolVersion.TLS_1_3, AeadSuite.AES_256_GCM));
    }

    /** Partial headers, nonces, blocks and tags are kept from one packet to the next. */
    @ParameterizedTest
    @MethodSource("protections")
    void shouldDecryptRecordsThatAPacketCutsAnywhere(Protection protection) {
        try (RxEngineFixture rx = stream(protection, 40, 0, 33)) {
            for (int cut = 1; cut < rx.bytes(); cut++) {
                rx.program();
                rx.expectDecrypted(0, cut, "up to " + cut);
                rx.expectDecrypted(cut, rx.bytes(), "from " + cut);
                assertThat(rx.context().recordNumber()).isEqualTo(RxEngineFixture.FIRST + 3);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("protections")
    void shouldDecryptRecordsThatArriveInPacketsOfAnySize(Protection protection) {
        try (RxEngineFixture rx = stream(protection, 40, 0, 33, 1, 500, 16)) {
            for (int most : new int[] {1, 2, 3, 7, 16, 17, 100}) {
                rx.program();
                int to;
                for (int from = 0; from < rx.bytes(); from = to) {
                    to = Math.min(rx.bytes(), from + 1 + rx.random.nextInt(most));
                    rx.expectDecrypted(from, to, "packets of at most " + most + ", at " + from);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("protections")
    void shouldReportAForgedRecordWithThePacketInWhichItEnds(Protection protection) {
        try (RxEngineFixture rx = new RxEngineFixture(protection)) {
            rx.add(40);
            int second = rx.add(60);
            int third = rx.add(60);
            byte[] end = rx.wire(second + 30, third + 20);
            end[0] ^= 1;

            rx.expectDecrypted(0, second + 30, "nothing is known of the forgery yet");
            assertThat(rx.receive(second + 30, end)).isEqualTo(TlsOffload.ERROR);

            assertThat(rx.host()).as("all or nothing").isEqualTo(end);
            rx.expectDecrypted(third + 20, rx.bytes(), "the rest of the record behind it");
        }
    }

    /** The next boundary is known from the last length: the device is there again with the record behind. */
    @ParameterizedTest
    @MethodSource("protections")
    void shouldSkipALostSegmentWithoutAHeaderAndResumeAtTheNextRecord(Protection protection) {
        try (RxEngineFixture rx = new RxEngineFixture(protection)) {
            rx.add(300);
            int second = rx.add(100);
            int third = rx.add(100);
            for (int lostFrom = 5; lostFrom < second - 1; lostFrom += 13) {
                int lostTo = lostFrom + 1 + (second - lostFrom) / 2;
                String what = "lost " + lostFrom + " to " + lostTo;
                rx.program();
                rx.expectDecrypted(0, lostFrom, what);
                if (lostTo < second) {
                    rx.expectAsOnTheWire(lostTo, second, TlsOffload.NOT_DECRYPTED, what);
                }
                rx.expectDecrypted(Math.max(lostTo, second), third, what);
                rx.expectDecrypted(third, rx.bytes(), what);
                assertThat(rx.context().recordNumber()).as(what).isEqualTo(RxEngineFixture.FIRST + 3);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("protections")
    void shouldResumeAtOnceWhenExactlyTheRestOfARecordIsLost(Protection protection) {
        try (RxEngineFixture rx = new RxEngineFixture(protection)) {
            rx.add(300);
            int second = rx.add(100);

            rx.expectDecrypted(0, 50, "before");
            rx.expectDecrypted(second, rx.bytes(), "behind");
        }
    }

    @ParameterizedTest
    @MethodSource("protections")
    void shouldResumeInsideOfARecordThatStartedInAPacketWithTheEndOfTheLostOne(Protection protection) {
        try (RxEngineFixture rx = new RxEngineFixture(protection)) {
            rx.add(300);
            int second = rx.add(100);
            rx.expectDecrypted(0, 50, "before the loss");

            rx.expectAsOnTheWire(100, second + 40, TlsOffload.NOT_DECRYPTED, "all of the packet or nothing of it");
            rx.expectDecrypted(second + 40, rx.bytes(), "the record's rest");
        }
    }

    @ParameterizedTest
    @MethodSource("protections")
    void shouldPassALateSegmentAsItIsAndStayWhereItStands(Protection protection) {
        try (RxEngineFixture rx = new RxEngineFixture(protection)) {
            rx.add(300);
            int second = rx.add(100);
            int third = rx.add(100);
            rx.expectDecrypted(0, 50, "before the loss");
            rx.expectAsOnTheWire(100, second, TlsOffload.NOT_DECRYPTED, "behind the loss");

            rx.expectAsOnTheWire(50, 100, TlsOffload.NOT_DECRYPTED, "the lost one, late");
            rx.expectDecrypted(second, third, "as if nothing had been");
            rx.expectAsOnTheWire(0, 50, TlsOffload.NOT_DECRYPTED, "an old one");
            rx.expectAsOnTheWire(second, third, TlsOffload.NOT_DECRYPTED, "a whole record, again");
            rx.expectDecrypted(third, rx.bytes(), "in order");
        }
    }

    @ParameterizedTest
    @MethodSource("protections")
    void shouldPassASegmentAsItIsOfWhichAPartIsNew(Protection protection) {
        for (int overlap = 1; overlap < 60; overlap += 9) {
            try (RxEngineFixture rx = new RxEngineFixture(protection)) {
                rx.add(40);
                int second = rx.add(200);
                int third = rx.add(50);
                rx.expectDecrypted(0, second + 20, "in order");

                rx.expectAsOnTheWire(
                        second + 20 - overlap, second + 90, TlsOffload.NOT_DECRYPTED, "overlap " + overlap);

                rx.expectDecrypted(second + 90, third, "behind an overlap of " + overlap);
                rx.expectDecrypted(third, rx.bytes(), "behind an overlap of " + overlap);
            }
        }
    }

    /** A header is lost: the device searches, asks, is answered, and decrypts again. */
    @ParameterizedTest
    @MethodSource("protections")
    void shouldSearchAskAndGoOnWhenAHeaderIsLost(Protection protection) {
        try (RxEngineFixture rx = new RxEngineFixture(protection)) {
            rx.add(100);
            int second = rx.add(100);
            int third = rx.add(100);
            int fourth = rx.add(100);
            int fifth = rx.add(100);
            rx.expectDecrypted(0, second, "before the loss");

            rx.expectAsOnTheWire(second + 3, third, TlsOffload.NOT_DECRYPTED, "nothing like a header in it");
            assertThat(rx.context().tracker()).isEqualTo(TrackerState.SEARCHING);
            rx.expectAsOnTheWire(third, fourth, TlsOffload.RESYNC, "the candidate");
            assertThat(rx.context().tracker()).isEqualTo(TrackerState.TRACKING);
            assertThat(rx.context().auth()).isEqualTo(AuthState.NO_OFFLOAD);
            rx.expectAsOnTheWire(fourth, fifth, TlsOffload.NOT_DECRYPTED, "asks once, and follows the lengths");

            rx.answer(third, RxEngineFixture.FIRST + 2);

            assertThat(rx.context().auth()).isEqualTo(AuthState.OFFLOAD);
            assertThat(rx.context().recordNumber()).isEqualTo(RxEngineFixture.FIRST + 4);
            rx.expectDecrypted(fifth, rx.bytes(), "again");
        }
    }

    @ParameterizedTest
    @MethodSource("protections")
    void shouldGoOnAtTheNextRecordWhenTheAnswerComesInTheMiddleOfOne(Protection protection) {
        try (RxEngineFixture rx = new RxEngineFixture(protection)) {
            rx.add(100);
            int second = rx.add(100);
            int third = rx.add(100);
            int fourth = rx.add(100);
            for (int cut = third + 1; cut < fourth; cut++) {
                rx.program();
                rx.context().lose();
                rx.expectAsOnTheWire(second, cut, TlsOffload.RESYNC, "the candidate");
                rx.answer(second, RxEngineFixture.FIRST + 1);

                rx.expectAsOnTheWire(cut, fourth, TlsOffload.NOT_DECRYPTED, "cut at " + cut);
                rx.expectDecrypted(fourth, rx.bytes(), "cut at " + cut);
            }
        }
    }

    /**
     * A question or an answer may get lost: the device asks about later records, and takes the answer to the last
     * question.
     */
    @ParameterizedTest
    @MethodSource("protections")
    void shouldAskAgainUntilItIsAnsweredAndNeverRarerThanItsLongestPause(Protection protection) {
        try (RxEngineFixture rx = new RxEngineFixture(protection)) {
            rx.add(10);
            List<Integer> starts = new ArrayList<>();
            for (int i = 0; i < 600; i++) {
                starts.add(rx.add(10));
            }
            rx.context().lose();
            List<Integer> askedWith = new ArrayList<>();

            for (int i = 0; i + 1 < starts.size(); i++) {
                if (rx.receive(starts.get(i), starts.get(i + 1)) == TlsOffload.RESYNC) {
                    askedWith.add(i);
                }
            }

            assertThat(askedWith)
                    .as("8 packets later, and then 16, 32, 64 and always 128")
                    .containsExactly(0, 8, 24, 56, 120, 248, 376, 504);
            rx.answer(starts.get(505), RxEngineFixture.FIRST + 506);
            assertThat(rx.context().auth()).isEqualTo(AuthState.OFFLOAD);
            rx.expectDecrypted(starts.getLast(), rx.bytes(), "again");
        }
    }

    /** It asks about a record that begins in the packet with the question: the host has not met that yet. */
    @ParameterizedTest
    @MethodSource("protections")
    void shouldAskAgainAboutTheRecordThatAPacketCuts(Protection protection) {
        try (RxEngineFixture rx = new RxEngineFixture(protection)) {
            int first = rx.add(30);
            int second = rx.add(1_000);
            int third = rx.add(100);
            int fourth = rx.add(100);
            rx.context().lose();
            rx.expectAsOnTheWire(first, second, TlsOffload.RESYNC, "the candidate");
            for (int i = 0; i < 10; i++) {
                rx.expectAsOnTheWire(second + 10 * i, second + 10 * i + 10, TlsOffload.NOT_DECRYPTED, "packet " + i);
            }

            rx.expectAsOnTheWire(second + 100, third + 10, TlsOffload.RESYNC, "the question again");

            rx.answer(third, RxEngineFixture.FIRST + 2);
            rx.expectAsOnTheWire(third + 10, fourth, TlsOffload.NOT_DECRYPTED, "the rest of that record");
            rx.expectDecrypted(fourth, rx.bytes(), "the next");
        }
    }

    @ParameterizedTest
    @MethodSource("protections")
    void shouldTakeNoAnswerToAQuestionThatIsNotOpenAnyMore(Protection protection) {
        try (RxEngineFixture rx = stream(protection, 100, 100, 100)) {
            rx.context().lose();
            int record = rx.bytes() / 3;
            rx.expectAsOnTheWire(record, 2 * record, TlsOffload.RESYNC, "the candidate");

            rx.answer(0, RxEngineFixture.FIRST);
            rx.answer(2 * record, RxEngineFixture.FIRST + 2);

            assertThat(rx.context().isAsking()).isTrue();
            rx.expectAsOnTheWire(2 * record, rx.bytes(), TlsOffload.NOT_DECRYPTED, "still asking");
        }
    }

    @ParameterizedTest
    @MethodSource("protections")
    void shouldLoseThePositionWhenAPartOfAHeaderIsLost(Protection protection) {
        for (int cut = 0; cut < 5; cut++) {
            try (RxEngineFixture rx = new RxEngineFixture(protection)) {
                rx.add(100);
                int second = rx.add(100);
                int third = rx.add(100);
                rx.expectDecrypted(0, second + cut, "cut " + cut);

                rx.expectAsOnTheWire(second + 5, third, TlsOffload.NOT_DECRYPTED, "cut " + cut);

                assertThat(rx.context().tracker()).as("cut %d", cut).isEqualTo(TrackerState.SEARCHING);
            }
        }
    }

    /** The device asks about ciphertext that looks like a header; its length leads nowhere: the search continues. */
    @ParameterizedTest
    @MethodSource("protections")
    void shouldDropAFalseHeaderWhoseLengthLeadsNowhere(Protection protection) {
        try (RxEngineFixture rx = new RxEngineFixture(protection)) {
            int first = rx.add(withFalseHeader(rx, 200, 50, 60));
            int second = rx.add(100);
            int third = rx.add(100);
            int falseHeader = first + rx.format.prefixBytes() + 50;
            assertThat(rx.wire(falseHeader, falseHeader + 5)).containsExactly(23, 3, 3, 0, 60);
            rx.context().lose();

            rx.expectAsOnTheWire(first + 10, falseHeader + 30, TlsOffload.RESYNC, "the false header");
            assertThat(rx.context().isAsking()).isTrue();
            rx.expectAsOnTheWire(falseHeader + 30, second, TlsOffload.NOT_DECRYPTED, "none where its length ends");
            assertThat(rx.context().tracker()).isEqualTo(TrackerState.SEARCHING);
            rx.expectAsOnTheWire(second, third, TlsOffload.RESYNC, "a true one");

            rx.answer(second, RxEngineFixture.FIRST + 1);
            rx.expectDecrypted(third, rx.bytes(), "again");
        }
    }

    /** The false record seems to end one byte in front of the true one. */
    @ParameterizedTest
    @MethodSource("protections")
    void shouldFindTheTrueHeaderBehindAFalseOneInOnePacket(Protection protection) {
        try (RxEngineFixture rx = new RxEngineFixture(protection)) {
            int first = rx.add(withFalseHeader(rx, 200, 50, 160 + rx.format.typeBytes()));
            int second = rx.add(100);
            int third = rx.add(100);
            rx.context().lose();

            rx.expectAsOnTheWire(first + 10, third, TlsOffload.RESYNC, "two candidates");

            rx.answer(second, RxEngineFixture.FIRST + 1);
            assertThat(rx.context().auth()).isEqualTo(AuthState.OFFLOAD);
            rx.expectDecrypted(third, rx.bytes(), "again");
        }
    }

    /** Content whose ciphertext has the bytes of a header at this index: GCM is a keystream, so they can be chosen. */
    private static byte[] withFalseHeader(RxEngineFixture rx, int bytes, int at, int fragmentBytes) {
        byte[] header = {23, 3, 3, (byte) (fragmentBytes >> 8), (byte) fragmentBytes};
        byte[] keystream = rx.keystream(bytes);
        byte[] content = new byte[bytes];
        for (int i = 0; i < header.length; i++) {
            content[at + i] = (byte) (keystream[at + i] ^ header[i]);
        }
        return content;
    }

    private static RxEngineFixture stream(Protection protection, int... contentBytes) {
        RxEngineFixture rx = new RxEngineFixture(protection);
        for (int bytes : contentBytes) {
            rx.add(bytes);
        }
        return rx;
    }
}
