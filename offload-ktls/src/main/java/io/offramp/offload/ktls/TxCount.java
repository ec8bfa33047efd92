package io.offramp.offload.ktls;

/**
 * Counts the sealed records of one direction, and how many are out. A write is counted when it is sealed, with the
 * records that the kernel usually makes of it. Once it is out, the kernel can be asked, and the count follows its
 * answer: a NIC's records may be shorter, and spliced ones depend on pages. Writes come out in the order of sealing,
 * with new keys between them.
 */
final class TxCount {
    private final int overheadBytes;
    private long wirePosition;
    private long nextSequence;
    private long sentSequence;
    private int epoch;
    private int sentEpoch;

    /**
     * @param wirePosition in bytes, where the first record begins
     * @param nextSequence of the first record
     * @param overheadBytes of each record
     */
    TxCount(long wirePosition, long nextSequence, int overheadBytes) {
        this.wirePosition = wirePosition;
        this.nextSequence = nextSequence;
        this.sentSequence = nextSequence;
        this.overheadBytes = overheadBytes;
    }

    /** Position behind all sealed records, in bytes. */
    long wirePosition() {
        return wirePosition;
    }

    /** Sequence behind all sealed records. */
    long nextSequence() {
        return nextSequence;
    }

    /** Sequence behind all records that are out, under the kernel's current key. */
    long sentSequence() {
        return sentSequence;
    }

    /** Content was sealed that will be this many records. */
    void onSealed(int records, int bytes) {
        nextSequence += records;
        wirePosition += bytes + (long) records * overheadBytes;
    }

    /** The same content is out, in as many records as counted. */
    void onSent(int records) {
        sentSequence += records;
    }

    /** The same content is out, and the kernel's sequence is known: corrects the count. */
    void onSent(int records, long kernelSequence) {
        long more = kernelSequence - sentSequence - records;
        sentSequence = kernelSequence;
        wirePosition += more * overheadBytes;
        if (sentEpoch == epoch) {
            nextSequence += more;
        }
    }

    /** Later records have the next key. */
    void onRekeyed() {
        epoch++;
        nextSequence = 0;
    }

    /** The kernel has that key. */
    void onKeySent() {
        sentEpoch++;
        sentSequence = 0;
    }
}
