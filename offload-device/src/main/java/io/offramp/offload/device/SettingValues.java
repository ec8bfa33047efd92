package io.offramp.offload.device;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Settings by name as words, and how to read one.
 *
 * @param words those that are set
 */
record SettingValues(Map<String, String> words) {
    @Nullable
    String text(String name) {
        return words.get(name);
    }

    /** True for the first of two words, which is the default. */
    boolean isOne(String name, String one, String other) {
        String value = words.getOrDefault(name, one);
        if (!value.equals(one) && !value.equals(other)) {
            throw new IllegalArgumentException(name + ": must be " + one + " or " + other + ", is " + value);
        }
        return value.equals(one);
    }

    /** @throws IllegalArgumentException if it is set to anything but such a number */
    int number(String name, int least, int most, int absent) {
        String value = words.get(name);
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
