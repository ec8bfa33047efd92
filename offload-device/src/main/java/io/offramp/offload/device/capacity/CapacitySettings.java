package io.offramp.offload.device.capacity;

import io.offramp.offload.Capacity;
import io.offramp.offload.device.driver.pool.Pools;
import io.offramp.offload.device.hardware.firmware.CommandTimes;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Rates and latencies of a device as configuration writes them. All are optional; what is absent is not limited. */
public final class CapacitySettings {
    private static final String RECORDS = "records-per-second";
    private static final String GBIT = "gbit-per-second";
    private static final String INSTALLS = "installs-per-second";
    private static final String INSTALL_LATENCY = "install-latency";
    private static final String RECORD_LATENCY = "record-latency";
    private static final String COMMAND = "command-time";
    private static final String KEY = "key-time";
    private static final String KEY_OBJECT = "key-object-time";
    private static final String POOLS = "pools";
    private static final String CACHE = "context-cache";
    private static final String MISS = "context-miss";
    /** TIR and steering rule are made, and destroyed. */
    private static final int RX_COMMANDS = 4;

    /** A TIS is made, and destroyed. */
    private static final int TIS_COMMANDS = 2;

    private static final int MAX_CACHE = 1 << 20;

    private static final long MAX_RATE = 1_000_000_000_000L;
    private static final BigDecimal BITS_PER_GBIT = BigDecimal.valueOf(1_000_000_000);
    private static final BigDecimal MAX_GBIT = BigDecimal.valueOf(100_000);
    private static final Pattern LATENCY = Pattern.compile("(\\d{1,9})(ns|us|ms|s)");
    private static final long MAX_LATENCY_NS = 10_000_000_000L;

    private CapacitySettings() {}

    /** Settings with one line of help each. */
    public static Map<String, String> help() {
        Map<String, String> help = new LinkedHashMap<>();
        help.put(
                RECORDS,
                "records that the device protects in a second, both directions together; unlimited if left out");
        help.put(
                GBIT,
                "Gbit of records in a second, both directions together, such as 100 or 2.5; unlimited if left out");
        help.put(INSTALLS, "installs that the device takes in a second; unlimited if left out");
        help.put(INSTALL_LATENCY, "from an install until the device does the work, such as 50us; 0ns if left out");
        help.put(RECORD_LATENCY, "what a record waits for in an idle device, such as 1us; 0ns if left out");
        help.put(
                COMMAND,
                "of the firmware, to make or destroy a TIS, TIR or steering rule, such as 13us; 0ns if left out");
        help.put(KEY, "of the firmware, to write a key into an object that there is, such as 9900ns; 0ns if left out");
        help.put(
                KEY_OBJECT,
                "of the firmware, to make or destroy an object with a key, if pools has no dek, such as 30300ns; 0ns if"
                        + " left out");
        help.put(POOLS, "objects that the driver keeps for other connections: tis, dek, tis dek or none; default both");
        help.put(CACHE, "contexts close to the engines, 1 to " + MAX_CACHE + "; all if left out");
        help.put(MISS, "what a record waits for if its context is not there, such as 1us; 0ns if left out");
        return help;
    }

    /** Times of the firmware's commands. */
    public static CommandTimes commandTimes(Map<String, String> settings) {
        long objectNs = latency(COMMAND, settings.get(COMMAND));
        long keyNs = latency(KEY, settings.get(KEY));
        long keyObjectNs = latency(KEY_OBJECT, settings.get(KEY_OBJECT));
        return pools(settings).dek()
                ? new CommandTimes(objectNs, keyNs, 0, objectNs)
                : new CommandTimes(objectNs, keyObjectNs, keyObjectNs, 0);
    }

    /** Objects that the driver keeps. */
    public static Pools pools(Map<String, String> settings) {
        String pools = settings.get(POOLS);
        try {
            return pools == null ? Pools.BOTH : Pools.parse(pools);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(POOLS + ": " + e.getMessage(), e);
        }
    }

    private static Capacity.Cache cache(Map<String, String> settings) {
        String contexts = settings.get(CACHE);
        long missNs = latency(MISS, settings.get(MISS));
        if (contexts == null) {
            return new Capacity.Cache(Capacity.NO_LIMIT, missNs);
        }
        try {
            int number = Integer.parseInt(contexts.strip());
            if (number >= 1 && number <= MAX_CACHE) {
                return new Capacity.Cache(Integer.highestOneBit(number), missNs);
            }
        } catch (NumberFormatException e) {
            // Reported below, like a number out of range.
        }
        throw new IllegalArgumentException(CACHE + ": must be 1 to " + MAX_CACHE + ", is " + contexts);
    }

    /**
     * Reads them; other settings are not looked at.
     *
     * @param contexts directions that the device holds at once
     * @throws IllegalArgumentException if a value is wrong: {@code install-latency: must be …, is fast}
     */
    public static Capacity parse(Map<String, String> settings, long contexts) {
        return Capacity.UNLIMITED
                .withContexts(contexts)
                .withRecordsPerSecond(rate(RECORDS, settings.get(RECORDS)))
                .withBitsPerSecond(bits(settings.get(GBIT)))
                .withInstallsPerSecond(rate(INSTALLS, settings.get(INSTALLS)))
                .withInstallLatencyNs(latency(INSTALL_LATENCY, settings.get(INSTALL_LATENCY)))
                .withRecordLatencyNs(latency(RECORD_LATENCY, settings.get(RECORD_LATENCY)))
                .withFirmware(firmware(commandTimes(settings), pools(settings)))
                .withCache(cache(settings));
    }

    private static Capacity.Firmware firmware(CommandTimes times, Pools pools) {
        long keyNs = times.keyLoadNs() + times.keyClearNs();
        long tisNs = pools.tis() ? 0 : TIS_COMMANDS * times.objectNs();
        return new Capacity.Firmware(keyNs + tisNs, keyNs + RX_COMMANDS * times.objectNs());
    }

    private static long rate(String name, @Nullable String value) {
        if (value == null) {
            return Capacity.NO_LIMIT;
        }
        try {
            long rate = Long.parseLong(value.strip());
            if (rate >= 1 && rate <= MAX_RATE) {
                return rate;
            }
        } catch (NumberFormatException e) {
            // Reported below, like a number out of range.
        }
        throw new IllegalArgumentException(name + ": must be 1 to " + MAX_RATE + ", is " + value);
    }

    private static long bits(@Nullable String value) {
        if (value == null) {
            return Capacity.NO_LIMIT;
        }
        try {
            BigDecimal gbit = new BigDecimal(value.strip());
            if (gbit.compareTo(MAX_GBIT) <= 0 && gbit.multiply(BITS_PER_GBIT).compareTo(BigDecimal.ONE) >= 0) {
                return gbit.multiply(BITS_PER_GBIT).longValue();
            }
        } catch (NumberFormatException e) {
            // Reported below, like a number out of range.
        }
        throw new IllegalArgumentException(GBIT + ": must be above 0, at most " + MAX_GBIT + ", is " + value);
    }

    private static long latency(String name, @Nullable String value) {
        if (value == null) {
            return 0;
        }
        Matcher parts = LATENCY.matcher(value.strip());
        if (parts.matches()) {
            long ns = Long.parseLong(parts.group(1)) * nanos(parts.group(2));
            if (ns <= MAX_LATENCY_NS) {
                return ns;
            }
        }
        throw new IllegalArgumentException(
                name + ": must be a time of at most 10s with its unit, ns, us, ms or s, such as 50us, is " + value);
    }

    private static long nanos(String unit) {
        return switch (unit) {
            case "ns" -> 1;
            case "us" -> 1_000;
            case "ms" -> 1_000_000;
            default -> 1_000_000_000;
        };
    }
}
