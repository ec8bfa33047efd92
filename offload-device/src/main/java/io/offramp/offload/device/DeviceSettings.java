package io.offramp.offload.device;

import io.offramp.offload.device.hardware.NicLimits;
import io.offramp.offload.device.hardware.context.StaticParams;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How a device is configured.
 *
 * @param limits how much it has
 * @param isUp   whether it works
 */
record DeviceSettings(NicLimits limits, boolean isUp) {
    private static final String CONTEXTS = "contexts";
    private static final String DEKS = "deks";
    private static final String STEERING = "steering";
    private static final String STATE = "state";

    private static final int DEFAULT_CONTEXTS = 65_536;
    private static final int MAX_CONTEXTS = 1 << 20;
    private static final int MAX_DEKS = StaticParams.MAX_DEK_INDEX + 1;
    private static final int MAX_STEERING = 65_535;

    /** Settings with one line of help each. */
    static Map<String, String> help() {
        Map<String, String> help = new LinkedHashMap<>();
        help.put(CONTEXTS, "directions that the device holds at once, 1 to " + MAX_CONTEXTS + "; default "
                + DEFAULT_CONTEXTS);
        help.put(DEKS, "keys that the device holds at once, 1 to " + MAX_DEKS
                + "; default two per context, for rekeys");
        help.put(STEERING, "flows per IP version that the device recognises, 0 to " + MAX_STEERING + "; default "
                + MAX_STEERING);
        help.put(STATE, "up or down; default up");
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
        return new DeviceSettings(new NicLimits(contexts, deks, steering), isUp(settings.getOrDefault(STATE, "up")));
    }

    private static boolean isUp(String state) {
        return switch (state) {
            case "up" -> true;
            case "down" -> false;
            default -> throw new IllegalArgumentException(STATE + ": must be up or down, is " + state);
        };
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
            // Said below, as for a number out of range.
        }
        throw new IllegalArgumentException(name + ": must be " + least + " to " + most + ", is " + value);
    }
}
