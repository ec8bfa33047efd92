package io.offramp.offload.device.wire;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What goes wrong, and how often. All shares are probabilities, at most one half.
 *
 * @param seed of all that is random; connections differ by their number
 * @param loss packets that do not arrive
 * @param reorder packets that arrive later than ones sent behind them
 * @param duplicate packets that arrive twice
 * @param corrupt packets of which a bit is flipped, so that their checksum does not hold
 * @param retransmit sends behind which something is sent again that need not be, acknowledged or not
 * @param resegment packets that are shorter than they could be
 * @param ackLag acknowledgments that come late
 * @param cqeError send WQEs that the device fails
 * @param reroute packets that leave through another device, and are encrypted in software therefore
 * @param queueFull times that the ICOSQ has no room for a resync
 * @param delay times that a completion is looked at one packet later
 * @param decline installs for which a pool is exhausted
 * @param downAfter packets of a connection behind which the device goes down; 0 for never
 * @param mss most payload of a packet, in bytes
 * @param sequence TCP sequence of a connection's first byte: near 2^32 it soon wraps
 */
public record Faults(
        long seed,
        double loss,
        double reorder,
        double duplicate,
        double corrupt,
        double retransmit,
        double resegment,
        double ackLag,
        double cqeError,
        double reroute,
        double queueFull,
        double delay,
        double decline,
        int downAfter,
        int mss,
        int sequence) {
    /** Ethernet, IPv4 or IPv6, TCP with timestamps. */
    public static final int DEFAULT_MSS = 1448;

    /** With more of anything, a connection would hardly get on. */
    private static final double MOST = 0.5;

    private static final int LEAST_MSS = 64;
    private static final int MOST_MSS = 9_000;

    /** A wire on which nothing goes wrong: packets, but no faults. */
    public static final Faults NONE = parse("");

    /**
     * Reads {@code seed=7 loss=1% reorder=1% duplicate=0.1%}: names and values in any order, separated by white space
     * or commas; shares as a percentage or as a number.
     *
     * @throws IllegalArgumentException saying which part is wrong and what was expected
     */
    public static Faults parse(String text) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String part : text.strip().split("[\\s,]+")) {
            int equals = part.indexOf('=');
            if (equals > 0) {
                values.put(part.substring(0, equals).toLowerCase(Locale.ROOT), part.substring(equals + 1));
            } else if (!part.isEmpty()) {
                throw new IllegalArgumentException("expected name=value such as loss=1%, is " + part);
            }
        }
        Faults faults = new Faults(
                number(values, "seed", 0, Long.MAX_VALUE, 1),
                share(values, "loss"),
                share(values, "reorder"),
                share(values, "duplicate"),
                share(values, "corrupt"),
                share(values, "retransmit"),
                share(values, "resegment"),
                share(values, "ack-lag"),
                share(values, "cqe-error"),
                share(values, "reroute"),
                share(values, "queue-full"),
                share(values, "delay"),
                share(values, "decline"),
                (int) number(values, "down-after", 0, Integer.MAX_VALUE, 0),
                (int) number(values, "mss", LEAST_MSS, MOST_MSS, DEFAULT_MSS),
                (int) number(values, "sequence", 0, (1L << 32) - 1, 0));
        if (!values.isEmpty()) {
            throw new IllegalArgumentException(
                    "unknown fault " + values.keySet().iterator().next() + ", known are " + NAMES);
        }
        return faults;
    }

    /** All names, for help and errors. */
    public static final String NAMES =
            "seed, loss, reorder, duplicate, corrupt, retransmit, resegment, ack-lag, cqe-error,"
                    + " reroute, queue-full, delay, decline, down-after, mss, sequence";

    /** How often it happens, from 0 to one half. */
    public double share(Fault fault) {
        return switch (fault) {
            case LOSS -> loss;
            case REORDER -> reorder;
            case DUPLICATE -> duplicate;
            case CORRUPT -> corrupt;
            case RETRANSMIT -> retransmit;
            case RESEGMENT -> resegment;
            case ACK_LAG -> ackLag;
            case CQE_ERROR -> cqeError;
            case REROUTE -> reroute;
            case QUEUE_FULL -> queueFull;
            case DELAY -> delay;
            case DECLINE -> decline;
        };
    }

    private static double share(Map<String, String> values, String name) {
        String value = values.remove(name);
        if (value == null) {
            return 0;
        }
        boolean isPercent = value.endsWith("%");
        try {
            double share = Double.parseDouble(isPercent ? value.substring(0, value.length() - 1) : value)
                    / (isPercent ? 100 : 1);
            if (share >= 0 && share <= MOST) {
                return share;
            }
        } catch (NumberFormatException e) {
            // Said below, as for a number out of range.
        }
        throw new IllegalArgumentException(name + " must be a share such as 1% or 0.01, at most 50%, is " + value);
    }

    private static long number(Map<String, String> values, String name, long least, long most, long absent) {
        String value = values.remove(name);
        if (value == null) {
            return absent;
        }
        try {
            long number = Long.parseLong(value);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Said below, as for a number out of range.
        }
        throw new IllegalArgumentException(name + " must be " + least + " to " + most + ", is " + value);
    }
}
