package io.offramp.offload.device.driver.rx;

import java.util.Arrays;

/**
 * Which parts of a record that came in several segments the device has decrypted, and under which key. Confined to one
 * thread; reused from record to record.
 */
final class DecryptedRuns {
    /** Mark of bytes that are as on the wire. Others are the epoch of the key that the device used. */
    static final int ENCRYPTED = -1;

    private static final int USUAL_RUNS = 8;

    private int[] ends = new int[USUAL_RUNS];
    private int[] marks = new int[USUAL_RUNS];
    private int count;

    /** Adds a run that starts where the last one ends. */
    void add(int end, int mark) {
        if (count > 0 && marks[count - 1] == mark) {
            ends[count - 1] = end;
            return;
        }
        if (count == ends.length) {
            ends = Arrays.copyOf(ends, 2 * count);
            marks = Arrays.copyOf(marks, 2 * count);
        }
        ends[count] = end;
        marks[count++] = mark;
    }

    void clear() {
        count = 0;
    }

    int count() {
        return count;
    }

    /** Where a run ends, counted from the record's start. */
    int end(int run) {
        return ends[run];
    }

    /** What was done with a run. */
    int mark(int run) {
        return marks[run];
    }

    /** The run was made as it was on the wire again. */
    void restored(int run) {
        marks[run] = ENCRYPTED;
    }

    /** True where all of the record has this mark. */
    boolean isAll(int mark) {
        for (int i = 0; i < count; i++) {
            if (marks[i] != mark) {
                return false;
            }
        }
        return true;
    }
}
