package io.offramp.offload.device.driver.tx;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The records of a connection that have been sent and not been acknowledged, so that any part of them can be sent again
 * (kernel tls-offload, {@code tls_get_record}). At first a start marker stands before them: what lies before it was
 * never offloaded. All sequences are TCP's and compare modulo 2^32. Confined to the session's event loop.
 */
final class RecordList {
    private final Consumer<SentRecord> release;
    private @Nullable SentRecord head;
    private @Nullable SentRecord tail;
    private @Nullable SentRecord hint;

    /**
     * @param startSequence TCP sequence of the first offloaded record
     * @param firstNumber its record sequence
     * @param release takes each record that is needed no longer
     */
    RecordList(int startSequence, long firstNumber, Consumer<SentRecord> release) {
        this.release = release;
        head = SentRecord.startMarker(firstNumber - 1, startSequence);
        tail = head;
    }

    /** Appends the next record. */
    void add(SentRecord record) {
        if (tail == null) {
            head = record;
        } else {
            tail.next = record;
        }
        tail = record;
    }

    /** Everything before this sequence has arrived: forgets the records that it covers. */
    void onAck(int sequence) {
        while (head != null && !isBefore(sequence, head.endSequence())) {
            removeHead();
        }
    }

    /** Forgets all. */
    void clear() {
        while (head != null) {
            removeHead();
        }
    }

    private void removeHead() {
        SentRecord removed = head;
        if (removed == null) {
            return;
        }
        head = removed.next;
        tail = head == null ? null : tail;
        hint = hint == removed ? null : hint;
        if (!removed.isStartMarker()) {
            release.accept(removed);
        }
    }

    /**
     * The record that this sequence lies in; the marker for what lies before it; null for what is not known any more,
     * or not yet. Most look-ups go on where the last one ended, so the hint only moves forward.
     */
    @Nullable
    SentRecord find(int sequence) {
        if (head == null || !head.isStartMarker() && isBefore(sequence, head.startSequence())) {
            return null;
        }
        boolean useHint = hint != null && !isBefore(sequence, hint.startSequence());
        for (SentRecord record = useHint ? hint : head; record != null; record = record.next) {
            if (isBefore(sequence, record.endSequence())) {
                if (!record.isStartMarker() && (hint == null || useHint)) {
                    hint = record;
                }
                return record;
            }
        }
        return null;
    }

    static boolean isBefore(int sequence, int other) {
        return sequence - other < 0;
    }
}
