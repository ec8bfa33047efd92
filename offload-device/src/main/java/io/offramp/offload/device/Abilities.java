package io.offramp.offload.device;

import io.offramp.offload.device.hardware.NicCaps;
import io.offramp.offload.record.Direction;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a device can do, and what its driver lets it do at the start.
 *
 * @param profile as configuration names it
 * @param caps of the hardware
 * @param features directions whose feature is on
 */
record Abilities(String profile, NicCaps caps, Set<Direction> features) {
    private static final String CAPS = "caps";

    /** Adds its settings with one line of help each. */
    static void help(Map<String, String> help) {
        help.put(CAPS, "capability bits, of " + NicCaps.labels() + "; default all");
        for (Direction direction : Direction.values()) {
            help.put(
                    Features.name(direction),
                    "on or off: whether new connections may have " + direction + " on the device; default on");
        }
    }

    /** @throws IllegalArgumentException if a value is wrong */
    static Abilities parse(String profile, SettingValues settings) {
        Set<Direction> features = EnumSet.noneOf(Direction.class);
        for (Direction direction : Direction.values()) {
            if (settings.isOne(Features.name(direction), "on", "off")) {
                features.add(direction);
            }
        }
        return new Abilities(profile, caps(settings.text(CAPS)), features);
    }

    private static NicCaps caps(@Nullable String text) {
        try {
            return text == null ? NicCaps.ALL : NicCaps.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(CAPS + ": " + e.getMessage(), e);
        }
    }

    /** Why it takes no connection's direction; null where it may. */
    @Nullable
    String refusal(Direction direction) {
        if (!caps.supports(direction)) {
            return "the device has no " + NicCaps.bitOf(direction).label() + " (profile " + profile + ")";
        }
        return features.contains(direction) ? null : Features.name(direction) + " is off (profile " + profile + ")";
    }
}
