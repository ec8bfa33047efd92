package io.offramp.offload.device.driver.rx;

/**
 * How a device that has lost its position gets it back (kernel tls-offload, "RX resync"): the host, which follows the
 * records anyway, gives it the number of one. Confined to the session's event loop.
 */
interface RxResync extends AutoCloseable {
    /**
     * The device has asked: it believes to have found a record.
     *
     * @param sequence TCP sequence of the packet with which it asked
     * @param bytes payload of that packet
     */
    void onRequest(int sequence, int bytes);

    /**
     * The host has found the next record.
     *
     * @param sequence TCP sequence of its header
     * @param recordBytes its length
     * @param number its record sequence
     * @param work where it is decrypted
     * @param hasMore whether bytes behind it are here already
     */
    void onRecord(int sequence, int recordBytes, long number, RecordAssembler.Work work, boolean hasMore);

    /** The context was programmed anew: what was asked before is of no interest. */
    void onProgrammed();

    /** The session has ended. */
    @Override
    void close();
}
