package io.offramp.app.whatif;

import io.offramp.offload.Capacity;
import java.util.Locale;

/** Numbers in readable form. */
final class Units {
    private static final String[] BINARY = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};

    private Units() {}

    /** {@code 4.1 MiB}. */
    static String bytes(double bytes) {
        int unit = 0;
        double scaled = bytes;
        while (scaled >= 1024 && unit < BINARY.length - 1) {
            scaled /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", scaled, BINARY[unit]);
    }

    /** {@code 12,345}. */
    static String count(double count) {
        return String.format(Locale.ROOT, "%,.0f", count);
    }

    /** {@code 12,345}, or {@code unlimited}. */
    static String limit(long limit) {
        return limit == Capacity.NO_LIMIT ? "unlimited" : count(limit);
    }

    /** {@code 93 %}; 0 of 0 is 0 %. */
    static String percent(double part, double whole) {
        return whole == 0 ? "-" : String.format(Locale.ROOT, "%.0f %%", 100 * part / whole);
    }

    /** {@code 1.234 s} or {@code 12.3 ms} of CPU. */
    static String cpu(double ns) {
        return Math.abs(ns) >= 1e9
                ? String.format(Locale.ROOT, "%,.2f s", ns / 1e9)
                : String.format(Locale.ROOT, "%.2f ms", ns / 1e6);
    }

    /** {@code 50 us}, {@code 0}. */
    static String time(long ns) {
        if (ns == 0) {
            return "0";
        }
        if (ns % 1_000_000 == 0) {
            return ns / 1_000_000 + " ms";
        }
        return ns % 1_000 == 0 ? ns / 1_000 + " us" : ns + " ns";
    }

    /** {@code 2.5 Gbit/s}. */
    static String gbit(double bitsPerSecond) {
        return String.format(Locale.ROOT, "%.3g Gbit/s", bitsPerSecond / 1e9);
    }
}
