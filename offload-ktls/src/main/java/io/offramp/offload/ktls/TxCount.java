package io.offramp.offload.ktls;

/**
 * Counts what one direction has sealed, and how much of it is out. A write is counted when it is sealed, by the records
 * that the kernel makes of it as a rule. Once it is out, the kernel can be asked, and the count follows it: a NIC's
 * records may be shorter, and spliced ones depend on pages. Writes come out in the order in which they were sealed, new
 * keys between them.
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

    /** Position behind all that was sealed, in bytes. */
    long wirePosition() {
        return wirePosition;
    }

    /** Sequence behind all that was sealed. */
    long nextSequence() {
        return nextSequence;
    }

    /** Sequence behind all that is out, of the key that the kernel has. */
    long sentSequence() {
        return sentSequence;
    }

    /** Of content that will be so many records. */
    void onSealed(int records, int bytes) {
        nextSequence += records;
        wirePosition += bytes + (long) records * overheadBytes;
    }

    /** Of the same, as counted before, when it is out. */
    void onSent(int records) {
        sentSequence += records;
    }

    /** The same, in as many records as they turned out to be: the kernel's sequence is known. */
    void onSent(int records, long kernelSequence) {
        long more = kernelSequence - sentSequence - records;
        sentSequence = kernelSequence;
        wirePosition += more * overheadBytes;
        if (sentEpoch == epoch) {
            nextSequence += more;
        }
    }

    /** What is sealed from here on has the next key. */
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
