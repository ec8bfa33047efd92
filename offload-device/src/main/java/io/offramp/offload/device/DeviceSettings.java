package io.offramp.offload.device;

import io.offramp.offload.Capacity;
import io.offramp.offload.device.capacity.CapacitySettings;
import io.offramp.offload.device.driver.session.DriverSettings;
import io.offramp.offload.device.hardware.Nic;
import io.offramp.offload.device.hardware.NicLimits;
import io.offramp.offload.device.hardware.context.StaticParams;
import io.offramp.offload.device.hardware.firmware.CommandTimes;
import io.offramp.offload.device.hardware.packet.PacketHeader;
import io.offramp.offload.device.hardware.queue.Merging;
import io.offramp.offload.device.hardware.queue.Moderation;
import io.offramp.offload.device.hardware.queue.ReceiveQueues;
import io.offramp.offload.device.wire.Chance;
import io.offramp.offload.device.wire.Faults;
import io.offramp.offload.device.wire.Wire;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a device is configured.
 *
 * @param abilities what it can do, and may
 * @param limits sizes of its tables
 * @param capacity its rates and latencies
 * @param commandTimes of its firmware
 * @param isUp whether it works
 * @param mtu longest packet, in bytes from the IP header on
 * @param driver settings of its driver
 * @param engines threads of its own that work on queues; 0 for the posting threads
 * @param toeThreads event loops for the connections that it owns, and as many workers
 * @param capture file for what its connections exchange; null for none
 */
record DeviceSettings(
        Abilities abilities,
        NicLimits limits,
        Capacity capacity,
        CommandTimes commandTimes,
        boolean isUp,
        int mtu,
        DriverSettings driver,
        int engines,
        int toeThreads,
        @Nullable CaptureTarget capture) {
    private static final String PROFILE = "profile";
    private static final String FAULTS = "faults";
    private static final String ENGINES = "engines";
    private static final String RESYNC = "resync";
    private static final String DEMOTE_AFTER = "demote-after";
    private static final String CONTEXTS = "contexts";
    private static final String DEKS = "deks";
    private static final String STEERING = "steering";
    private static final String STATE = "state";
    static final String RECEIVE_QUEUES = "rqs";
    private static final String INTERRUPT_US = "interrupt-usecs";
    private static final String INTERRUPT_FRAMES = "interrupt-frames";
    static final String LRO = "lro";
    private static final String LRO_TIMEOUT_US = "lro-timeout-usecs";
    private static final String LRO_BYTES = "lro-bytes";
    private static final String MTU = "mtu";
    private static final String TOE_THREADS = "toe-threads";

    private static final String DEFAULT_PROFILE = "connectx-6dx";
    private static final int DEFAULT_CONTEXTS = 65_536;
    private static final int MAX_CONTEXTS = 1 << 20;
    private static final int MAX_DEKS = StaticParams.MAX_DEK_INDEX + 1;
    private static final int MAX_ENGINES = 64;
    private static final int MAX_STEERING = 65_535;
    private static final int MAX_MTU = 9_216;
    private static final int MAX_TOE_THREADS = 1024;
    private static final int MAX_INTERRUPT_US = 1_000;
    private static final int MAX_INTERRUPT_FRAMES = 1_024;
    private static final int DEFAULT_INTERRUPT_FRAMES = 128;
    private static final int MAX_LRO_TIMEOUT_US = 10_000;
    private static final int DEFAULT_LRO_TIMEOUT_US = 32;

    /** The same with a tap on its wires. */
    DeviceSettings tapped(Wire.Tap tap) {
        return with(driver.tapped(tap));
    }

    /** The same with another source of faults. */
    DeviceSettings scripted(Chance.Source chances) {
        return with(driver.scripted(chances));
    }

    private DeviceSettings with(DriverSettings newDriver) {
        return new DeviceSettings(
                abilities, limits, capacity, commandTimes, isUp, mtu, newDriver, engines, toeThreads, capture);
    }

    /** Settings with one line of help each. */
    static Map<String, String> help() {
        Map<String, String> help = new LinkedHashMap<>();
        help.put(PROFILE, "settings to begin with, one of " + Profile.labels() + "; default " + DEFAULT_PROFILE);
        Abilities.help(help);
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
                RECEIVE_QUEUES,
                "receive queues of each event loop, 1 to " + ReceiveQueues.MAX_QUEUES
                        + ", over which flows are spread by their hash; default 1");
        help.put(
                INTERRUPT_US,
                "microseconds that an interrupt may wait for more completions, 0 to " + MAX_INTERRUPT_US
                        + "; default 0; has an effect if engines is not 0");
        help.put(
                INTERRUPT_FRAMES,
                "completions that it does not wait for, 1 to " + MAX_INTERRUPT_FRAMES + "; default "
                        + DEFAULT_INTERRUPT_FRAMES);
        help.put(LRO, "on or off: whether a TIR merges packets of a flow that come one behind the other; default off");
        help.put(
                LRO_TIMEOUT_US,
                "microseconds that a packet is held for the next one, 1 to " + MAX_LRO_TIMEOUT_US + "; default "
                        + DEFAULT_LRO_TIMEOUT_US);
        help.put(
                LRO_BYTES,
                "most payload of a merged packet, 1 to " + PacketHeader.MAX_PAYLOAD_BYTES + " bytes; default "
                        + PacketHeader.MAX_PAYLOAD_BYTES);
        help.put(
                MTU,
                "longest packet, " + Nic.LEAST_MTU + " to " + MAX_MTU + " bytes from the IP header on; default "
                        + Nic.DEFAULT_MTU + ", or more where the mss of faults needs it");
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
        CaptureTarget.help(help);
        return help;
    }

    /**
     * Reads settings; those that are absent are the profile's.
     *
     * @throws IllegalArgumentException if a value is wrong or a setting unknown
     */
    static DeviceSettings parse(Map<String, String> settings) {
        requireKnown(settings);
        Profile profile = Profile.of(settings.getOrDefault(PROFILE, DEFAULT_PROFILE));
        try {
            requireKnown(profile.settings());
            parseAll(profile.label(), profile.settings());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(PROFILE + ": " + profile.label() + ": " + e.getMessage(), e);
        }
        Map<String, String> all = new LinkedHashMap<>(profile.settings());
        all.putAll(settings);
        return parseAll(profile.label(), all);
    }

    private static void requireKnown(Map<String, String> settings) {
        for (String name : settings.keySet()) {
            if (!help().containsKey(name)) {
                throw new IllegalArgumentException(name + ": unknown setting, expected one of " + help().keySet());
            }
        }
    }

    private static DeviceSettings parseAll(String profile, Map<String, String> words) {
        SettingValues settings = new SettingValues(words);
        int contexts = settings.number(CONTEXTS, 1, MAX_CONTEXTS, DEFAULT_CONTEXTS);
        int deks = settings.number(DEKS, 1, MAX_DEKS, 2 * contexts);
        int steering = settings.number(STEERING, 0, MAX_STEERING, MAX_STEERING);
        DriverSettings driver = driver(settings);
        return new DeviceSettings(
                Abilities.parse(profile, settings),
                new NicLimits(contexts, deks, steering),
                CapacitySettings.parse(words, contexts),
                CapacitySettings.commandTimes(words),
                settings.isOne(STATE, "up", "down"),
                settings.number(MTU, Nic.LEAST_MTU, MAX_MTU, Math.max(Nic.DEFAULT_MTU, driver.leastMtu())),
                driver,
                engines(settings),
                settings.number(TOE_THREADS, 1, MAX_TOE_THREADS, 1),
                CaptureTarget.parse(settings));
    }

    private static int engines(SettingValues settings) {
        int engines = settings.number(ENGINES, 0, MAX_ENGINES, 0);
        if (engines > 0 && settings.text(FAULTS) != null) {
            throw new IllegalArgumentException(
                    ENGINES + ": must be 0 with " + FAULTS + ", whose time is virtual, is " + engines);
        }
        return engines;
    }

    private static DriverSettings driver(SettingValues settings) {
        String faults = settings.text(FAULTS);
        DriverSettings driver =
                faults == null ? DriverSettings.DEFAULTS : DriverSettings.DEFAULTS.withWire(faults(faults));
        boolean isAsking = settings.isOne(RESYNC, "async", "hint");
        int demoteAfter = settings.number(DEMOTE_AFTER, 1, Integer.MAX_VALUE, DriverSettings.DEFAULT_DEMOTE_AFTER);
        return (isAsking ? driver : driver.hinting())
                .withDemoteAfter(demoteAfter)
                .withReceiveQueues(receiveQueues(settings))
                .withMerging(merging(settings))
                .withPools(CapacitySettings.pools(settings.words()))
                .withModeration(new Moderation(
                        1_000L * settings.number(INTERRUPT_US, 0, MAX_INTERRUPT_US, 0),
                        settings.number(INTERRUPT_FRAMES, 1, MAX_INTERRUPT_FRAMES, DEFAULT_INTERRUPT_FRAMES)));
    }

    private static Merging merging(SettingValues settings) {
        int bytes = settings.number(LRO_BYTES, 1, PacketHeader.MAX_PAYLOAD_BYTES, PacketHeader.MAX_PAYLOAD_BYTES);
        int timeoutUs = settings.number(LRO_TIMEOUT_US, 1, MAX_LRO_TIMEOUT_US, DEFAULT_LRO_TIMEOUT_US);
        return new Merging(!settings.isOne(LRO, "off", "on"), bytes, 1_000L * timeoutUs);
    }

    /** How many RQs each event loop has. */
    static int receiveQueues(SettingValues settings) {
        return settings.number(RECEIVE_QUEUES, 1, ReceiveQueues.MAX_QUEUES, 1);
    }

    private static Faults faults(String text) {
        try {
            return Faults.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(FAULTS + ": " + e.getMessage());
        }
    }
}
