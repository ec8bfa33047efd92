package io.offramp.offload.device.wire;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Faults, and how often they happen. Made by {@link #parse}, or from {@link #NONE} by name.
 *
 * @param seed of all that is random; connections differ by their number
 * @param shares probability of each fault that happens at all
 * @param downAfter packets of a connection behind which the device goes down; 0 for never
 * @param mss most payload of a packet, in bytes
 * @param sequence TCP sequence of a connection's first byte: near 2^32 it soon wraps
 */
public record Faults(long seed, Map<Fault, Double> shares, int downAfter, int mss, int sequence) {
    /** Ethernet, IPv4 or IPv6, TCP with timestamps. */
    public static final int DEFAULT_MSS = 1448;

    /** With more of anything, a connection would hardly get on. */
    private static final double MOST = 0.5;

    private static final int LEAST_MSS = 64;
    private static final int MOST_MSS = 9_000;

    /** A wire on which nothing goes wrong: packets, but no faults. */
    public static final Faults NONE = new Faults(1, Map.of(), 0, DEFAULT_MSS, 0);

    /** All names, for help and errors. */
    public static final String NAMES = "seed, "
            + Arrays.stream(Fault.values()).map(Fault::label).collect(Collectors.joining(", "))
            + ", down-after, mss, sequence";

    /** Copies the shares. */
    public Faults {
        Map<Fault, Double> happening = new EnumMap<>(Fault.class);
        happening.putAll(shares);
        happening.values().removeIf(share -> share == 0);
        shares = Collections.unmodifiableMap(happening);
    }

    /**
     * Reads {@code seed=7 loss=1% reorder=1% duplicate=0.1%}: names and values in any order, separated by white space
     * or commas. A share is a percentage or a number, and at most one half.
     *
     * @throws IllegalArgumentException naming the part that is wrong, and what was expected
     */
    public static Faults parse(String text) {
        Map<String, String> values = values(text);
        Map<Fault, Double> shares = new EnumMap<>(Fault.class);
        long seed = number(values, "seed", 0, Long.MAX_VALUE, NONE.seed);
        for (Fault fault : Fault.values()) {
            shares.put(fault, share(values, fault.label()));
        }
        Faults faults = new Faults(
                seed,
                shares,
                (int) number(values, "down-after", 0, Integer.MAX_VALUE, NONE.downAfter),
                (int) number(values, "mss", LEAST_MSS, MOST_MSS, NONE.mss),
                (int) number(values, "sequence", 0, (1L << 32) - 1, NONE.sequence));
        if (!values.isEmpty()) {
            throw new IllegalArgumentException(
                    "unknown fault " + values.keySet().iterator().next() + ", known are " + NAMES);
        }
        return faults;
    }

    private static Map<String, String> values(String text) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String part : text.strip().split("[\\s,]+")) {
            int equals = part.indexOf('=');
            if (equals > 0) {
                values.put(part.substring(0, equals).toLowerCase(Locale.ROOT), part.substring(equals + 1));
            } else if (!part.isEmpty()) {
                throw new IllegalArgumentException("expected name=value such as loss=1%, is " + part);
            }
        }
        return values;
    }

    /** The same with another share of one fault: 0 for never, 1 for always. */
    public Faults with(Fault fault, double share) {
        Map<Fault, Double> changed = new EnumMap<>(Fault.class);
        changed.putAll(shares);
        changed.put(fault, share);
        return new Faults(seed, changed, downAfter, mss, sequence);
    }

    /** How often it happens: a probability. */
    public double share(Fault fault) {
        return shares.getOrDefault(fault, 0.0);
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
            // Reported below, like a number out of range.
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
            // Reported below, like a number out of range.
        }
        throw new IllegalArgumentException(name + " must be " + least + " to " + most + ", is " + value);
    }
}
