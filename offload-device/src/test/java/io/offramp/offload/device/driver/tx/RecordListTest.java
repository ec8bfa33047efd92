package io.offramp.offload.device.driver.tx;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.offramp.offload.record.ContentType;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The record list of kernel tls-offload: {@code tls_get_record}, and what an acknowledgment deletes. */
class RecordListTest {
    private static final int BYTES = 100;
    private static final long FIRST = 7;

    private final ByteBuf frame = Unpooled.wrappedBuffer(new byte[BYTES]);
    private final List<Long> released = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(ints = {0, -150, Integer.MAX_VALUE - 120, Integer.MIN_VALUE})
    void shouldFindTheRecordOfEverySequenceModulo2To32(int start) {
        RecordList records = list(start, 4);

        for (int i = 0; i < 4 * BYTES; i++) {
            assertThat(number(records, start + i)).as("offset %d", i).isEqualTo(FIRST + i / BYTES);
        }
        // Back again: the hint is ahead of what is looked for.
        for (int i = 4 * BYTES - 1; i >= 0; i--) {
            assertThat(number(records, start + i)).as("offset %d", i).isEqualTo(FIRST + i / BYTES);
        }
        assertThat(records.find(start + 4 * BYTES)).as("not there yet").isNull();
    }

    @Test
    void shouldGiveTheStartMarkerForEverythingBeforeTheOffload() {
        RecordList records = list(1_000, 2);

        for (int sequence : new int[] {999, 0, -5_000}) {
            SentRecord marker = records.find(sequence);
            assertThat(marker).isNotNull();
            assertThat(marker.isStartMarker()).isTrue();
            assertThat(marker.number()).as("one before the first").isEqualTo(FIRST - 1);
            assertThat(marker.endSequence()).isEqualTo(1_000);
            assertThat(marker.startSequence()).isEqualTo(1_000);
        }
        assertThat(number(records, 1_000)).isEqualTo(FIRST);
    }

    @Test
    void shouldForgetTheMarkerAndEachRecordWhenItsEndIsAcknowledged() {
        RecordList records = list(0, 3);

        records.onAck(BYTES - 1);
        assertThat(released).isEmpty();
        assertThat(records.find(-1)).as("the marker is gone").isNull();
        assertThat(number(records, 0)).isEqualTo(FIRST);

        records.onAck(BYTES);
        assertThat(released).containsExactly(FIRST);
        assertThat(records.find(0)).isNull();
        assertThat(records.find(BYTES - 1)).isNull();
        assertThat(number(records, BYTES)).isEqualTo(FIRST + 1);

        records.onAck(3 * BYTES);
        assertThat(released).containsExactly(FIRST, FIRST + 1, FIRST + 2);
        assertThat(records.find(2 * BYTES)).isNull();
    }

    @Test
    void shouldTakeAnOldAcknowledgmentForNothing() {
        RecordList records = list(-BYTES, 3);
        records.onAck(BYTES);
        released.clear();

        records.onAck(-BYTES);
        records.onAck(-5 * BYTES);

        assertThat(released).isEmpty();
        assertThat(number(records, BYTES)).isEqualTo(FIRST + 2);
    }

    @Test
    void shouldGoOnWhenEverythingIsAcknowledged() {
        RecordList records = list(0, 2);
        records.onAck(2 * BYTES);
        assertThat(records.find(2 * BYTES)).isNull();

        records.add(new SentRecord(FIRST + 2, ContentType.APPLICATION_DATA, 3 * BYTES, frame, 0));

        assertThat(number(records, 2 * BYTES)).isEqualTo(FIRST + 2);
        assertThat(records.find(2 * BYTES - 1)).isNull();
    }

    @Test
    void shouldClearTheHintWhenItsRecordIsCovered() {
        RecordList records = list(0, 4);
        assertThat(number(records, BYTES)).as("the hint is here now").isEqualTo(FIRST + 1);

        records.onAck(2 * BYTES);

        assertThat(records.find(BYTES)).isNull();
        assertThat(number(records, 2 * BYTES)).isEqualTo(FIRST + 2);
        assertThat(number(records, 4 * BYTES - 1)).isEqualTo(FIRST + 3);
        assertThat(number(records, 2 * BYTES)).as("before the hint").isEqualTo(FIRST + 2);
    }

    @Test
    void shouldReleaseEveryRecordOnceAndNeverTheMarker() {
        RecordList records = list(0, 3);
        records.onAck(BYTES);

        records.clear();
        records.clear();

        assertThat(released).containsExactly(FIRST, FIRST + 1, FIRST + 2);
    }

    /** Against a plain search, with look-ups and acknowledgments in any order. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldAgreeWithASearchFromTheStart(long seed) {
        Random random = new Random(seed);
        int start = -20_000;
        RecordList records = new RecordList(start, 0, record -> released.add(record.number()));
        List<Integer> ends = new ArrayList<>();
        int end = start;
        int acknowledged = start - 1;
        for (int step = 0; step < 3_000; step++) {
            switch (random.nextInt(4)) {
                case 0 -> {
                    int bytes = 1 + random.nextInt(BYTES);
                    end += bytes;
                    records.add(
                            new SentRecord(ends.size(), ContentType.APPLICATION_DATA, end, frame.slice(0, bytes), 0));
                    ends.add(end);
                }
                case 1 -> {
                    if (random.nextInt(4) == 0) {
                        acknowledged = Math.max(acknowledged, end - random.nextInt(500));
                        records.onAck(acknowledged);
                    }
                }
                default -> {
                    int sequence = end - random.nextInt(1_000) + 50;
                    SentRecord found = records.find(sequence);
                    String where = "seed " + seed + ", step " + step;
                    int expected = expected(ends, start, acknowledged, sequence);
                    if (expected < -1) {
                        assertThat(found).as(where).isNull();
                    } else {
                        assertThat(found).as(where).isNotNull();
                        assertThat(found.number()).as(where).isEqualTo(expected);
                    }
                }
            }
        }
    }

    /** Number of the record, -1 for the marker, -2 for none. Sequences here do not wrap. */
    private static int expected(List<Integer> ends, int start, int acknowledged, int sequence) {
        if (sequence < start) {
            return acknowledged < start ? -1 : -2;
        }
        for (int i = 0; i < ends.size(); i++) {
            if (sequence < ends.get(i)) {
                return ends.get(i) <= acknowledged ? -2 : i;
            }
        }
        return -2;
    }

    private RecordList list(int start, int count) {
        RecordList records = new RecordList(start, FIRST, record -> released.add(record.number()));
        for (int i = 0; i < count; i++) {
            records.add(new SentRecord(FIRST + i, ContentType.APPLICATION_DATA, start + (i + 1) * BYTES, frame, 0));
        }
        return records;
    }

    private static long number(RecordList records, int sequence) {
        SentRecord record = records.find(sequence);
        assertThat(record).isNotNull();
        assertThat(record.isStartMarker()).isFalse();
        return record.number();
    }
}
