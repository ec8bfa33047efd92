package io.offramp.offload.device.hardware.queue;

/** Why a WQE of a send queue failed: the syndrome, and the model's own vendor syndromes. */
public final class Syndrome {
    /** Syndrome: the WQE asks for what cannot be done. */
    public static final int QUEUE_OPERATION = 0x02;

    /** Syndrome: a segment points outside of its memory region. */
    public static final int PROTECTION = 0x04;

    /** Syndrome: the queue is not working and flushes what is posted. */
    public static final int FLUSHED = 0x05;

    /** Vendor syndrome: none. */
    public static final int NONE = 0;

    /** Vendor syndrome: length, index or opcode make no sense. */
    public static final int MALFORMED = 1;

    /** Vendor syndrome: no such context, or it is not programmed, or its key is gone. */
    public static final int NO_CONTEXT = 2;

    /** Vendor syndrome: params were written, and nothing fenced them off from this packet. */
    public static final int NOT_FENCED = 3;

    /** Vendor syndrome: the packet does not start where the context stands. */
    public static final int SEQUENCE = 4;

    /** Vendor syndrome: the payload is not a run of records. */
    public static final int FRAMING = 5;

    /** Vendor syndrome: a fault that was asked for. */
    public static final int FAULT = 6;

    /** Vendor syndrome: the device has made a mistake. */
    public static final int INTERNAL = 7;

    /** Vendor syndrome: a packet would be longer than the MTU. */
    public static final int TOO_LONG = 8;

    private Syndrome() {}

    /** For a log line. */
    public static String describe(int syndrome, int vendor) {
        return "syndrome=0x" + Integer.toHexString(syndrome) + " vendor="
                + switch (vendor) {
                    case NONE -> "none";
                    case MALFORMED -> "malformed";
                    case NO_CONTEXT -> "no_context";
                    case NOT_FENCED -> "not_fenced";
                    case SEQUENCE -> "sequence";
                    case FRAMING -> "framing";
                    case FAULT -> "fault";
                    case INTERNAL -> "internal";
                    case TOO_LONG -> "too_long";
                    default -> Integer.toString(vendor);
                };
    }
}
