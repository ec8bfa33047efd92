package io.offramp.offload.device;

import io.offramp.offload.Capacity;
import io.offramp.offload.device.capacity.CapacitySettings;
import io.offramp.offload.device.driver.session.DriverSettings;
import io.offramp.offload.device.hardware.NicLimits;
import io.offramp.offload.device.hardware.context.StaticParams;
import io.offramp.offload.device.wire.Chance;
import io.offramp.offload.device.wire.Faults;
import io.offramp.offload.device.wire.Wire;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How a device is configured.
 *
 * @param profile its capabilities
 * @param limits sizes of its tables
 * @param capacity its rates and latencies
 * @param isUp whether it works
 * @param driver settings of its driver
 * @param engines threads of its own that work on queues; 0 for the posting threads
 * @param toeThreads event loops for the connections that it owns, and as many workers
 */
record DeviceSettings(
        Profile profile,
        NicLimits limits,
        Capacity capacity,
        boolean isUp,
        DriverSettings driver,
        int engines,
        int toeThreads) {
    private static final String PROFILE = "profile";
    private static final String FAULTS = "faults";
    private static final String ENGINES = "engines";
    private static final String RESYNC = "resync";
    private static final String DEMOTE_AFTER = "demote-after";
    private static final String CONTEXTS = "contexts";
    private static final String DEKS = "deks";
    private static final String STEERING = "steering";
    private static final String STATE = "state";
    private static final String TOE_THREADS = "toe-threads";

    private static final Profile DEFAULT_PROFILE = Profile.CONNECTX_6DX;
    private static final int DEFAULT_CONTEXTS = 65_536;
    private static final int MAX_CONTEXTS = 1 << 20;
    private static final int MAX_DEKS = StaticParams.MAX_DEK_INDEX + 1;
    private static final int MAX_ENGINES = 64;
    private static final int MAX_STEERING = 65_535;
    private static final int MAX_TOE_THREADS = 1024;

    /** The same with a tap on its wires. */
    DeviceSettings tapped(Wire.Tap tap) {
        return new DeviceSettings(profile, limits, capacity, isUp, driver.tapped(tap), engines, toeThreads);
    }

    /** The same with another source of faults. */
    DeviceSettings scripted(Chance.Source chances) {
        return new DeviceSettings(profile, limits, capacity, isUp, driver.scripted(chances), engines, toeThreads);
    }

    /** Settings with one line of help each. */
    static Map<String, String> help() {
        Map<String, String> help = new LinkedHashMap<>();
        help.put(PROFILE, Profile.labels() + "; default " + DEFAULT_PROFILE.label());
        help.put(
                CONTEXTS,
                "directions that the device holds at once, 1 to " + MAX_CONTEXTS + "; default " + DEFAULT_CONTEXTS);
        help.put(
                DEKS, "keys that the device holds at once, 1 to " + MAX_DEKS + "; default two per context, for rekeys");
        help.put(
                STEERING,
                "flows per IP version that the device recognises, 0 to " + MAX_STEERING + "; default " + MAX_STEERING);
        help.put(STATE, "up or down; default up");
        help.put(
                TOE_THREADS,
                "threads for connections in mode hw-record, and as many for expensive handshakes, 1 to "
                        + MAX_TOE_THREADS + "; default 1");
        help.put(
                ENGINES,
                "threads that the device works on, 0 to " + MAX_ENGINES + "; default 0, inline: the event loops do"
                        + " its work");
        help.put(
                FAULTS,
                "what goes wrong between driver and device: loss=1% reorder=1% and so on, of " + Faults.NAMES
                        + "; default nothing, and no wire either");
        help.put(
                RESYNC,
                "how a receiving context that lost its position gets it back, async (it asks) or hint (it is"
                        + " told); default async");
        help.put(
                DEMOTE_AFTER,
                "records in a row that the device may leave to the host before a session gives it back;" + " default "
                        + DriverSettings.DEFAULT_DEMOTE_AFTER);
        help.putAll(CapacitySettings.help());
        return help;
    }

    /** @throws IllegalArgumentException if a value is wrong or a setting unknown */
    static DeviceSettings parse(Map<String, String> settings) {
        for (String name : settings.keySet()) {
            if (!help().containsKey(name)) {
                throw new IllegalArgumentException(name + ": unknown setting, expected one of " + help().keySet());
            }
        }
        int contexts = number(settings, CONTEXTS, 1, MAX_CONTEXTS, DEFAULT_CONTEXTS);
        int deks = number(settings, DEKS, 1, MAX_DEKS, 2 * contexts);
        int steering = number(settings, STEERING, 0, MAX_STEERING, MAX_STEERING);
        return new DeviceSettings(
                Profile.of(settings.getOrDefault(PROFILE, DEFAULT_PROFILE.label())),
                new NicLimits(contexts, deks, steering),
                CapacitySettings.parse(settings, contexts),
                isOne(settings, STATE, "up", "down"),
                driver(settings),
                engines(settings),
                number(settings, TOE_THREADS, 1, MAX_TOE_THREADS, 1));
    }

    private static int engines(Map<String, String> settings) {
        int engines = number(settings, ENGINES, 0, MAX_ENGINES, 0);
        if (engines > 0 && settings.containsKey(FAULTS)) {
            throw new IllegalArgumentException(
                    ENGINES + ": must be 0 with " + FAULTS + ", whose time is virtual, is " + engines);
        }
        return engines;
    }

    private static DriverSettings driver(Map<String, String> settings) {
        String faults = settings.get(FAULTS);
        DriverSettings driver =
                faults == null ? DriverSettings.DEFAULTS : DriverSettings.DEFAULTS.withWire(faults(faults));
        boolean isAsking = isOne(settings, RESYNC, "async", "hint");
        int demoteAfter = number(settings, DEMOTE_AFTER, 1, Integer.MAX_VALUE, DriverSettings.DEFAULT_DEMOTE_AFTER);
        return (isAsking ? driver : driver.hinting()).withDemoteAfter(demoteAfter);
    }

    private static Faults faults(String text) {
        try {
            return Faults.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(FAULTS + ": " + e.getMessage());
        }
    }

    /** True for the first of two words, which is the default. */
    private static boolean isOne(Map<String, String> settings, String name, String one, String other) {
        String value = settings.getOrDefault(name, one);
        if (!value.equals(one) && !value.equals(other)) {
            throw new IllegalArgumentException(name + ": must be " + one + " or " + other + ", is " + value);
        }
        return value.equals(one);
    }

    private static int number(Map<String, String> settings, String name, int least, int most, int absent) {
        String value = settings.get(name);
        if (value == null) {
            return absent;
        }
        try {
            int number = Integer.parseInt(value.strip());
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Reported below, like a number out of range.
        }
        throw new IllegalArgumentException(name + ": must be " + least + " to " + most + ", is " + value);
    }
}
