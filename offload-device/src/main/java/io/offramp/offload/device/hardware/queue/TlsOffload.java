package io.offramp.offload.device.hardware.queue;

/** Result for the records of a packet, in its CQE. The ordinal is the number in the CQE. */
public enum TlsOffload {
    /** The packet is as on the wire. */
    NOT_DECRYPTED,
    /** Every record in it has been decrypted and has authenticated; framing and tags are as on the wire. */
    DECRYPTED,
    /** The packet is as on the wire, and the device has lost the position. */
    RESYNC,
    /** The packet is as on the wire, and a record in it has not authenticated. */
    ERROR;

    private static final TlsOffload[] VALUES = values();

    static TlsOffload of(int code) {
        return VALUES[code];
    }
}
