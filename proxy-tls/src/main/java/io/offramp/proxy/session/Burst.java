package io.offramp.proxy.session;

/**
 * What a read burst has carried, until it is counted: a run of records of one length is counted in one step. Confined
 * to the event loop.
 */
final class Burst {
    private long records;
    private long bytes;
    private int lengthInARow;
    private long recordsInARow;

    /** An alert or handshake record. */
    void control() {
        records++;
    }

    /** A data record. */
    void data(int contentBytes, Placement placement) {
        records++;
        bytes += contentBytes;
        if (contentBytes != lengthInARow) {
            countRow(placement);
            lengthInARow = contentBytes;
        }
        recordsInARow++;
    }

    /** The burst has ended. */
    void count(Placement placement) {
        countRow(placement);
        placement.add(records, bytes);
        records = 0;
        bytes = 0;
    }

    private void countRow(Placement placement) {
        if (recordsInARow > 0) {
            placement.addSized(lengthInARow, recordsInARow);
            recordsInARow = 0;
        }
    }
}
