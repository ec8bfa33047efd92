package io.offramp.offload.device;

import io.offramp.offload.LiveSetting;
import io.offramp.offload.device.driver.DeviceDriver;
import io.offramp.offload.record.Direction;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** What can be changed while the device is open, as {@code ethtool -K} and {@code ethtool -L} do. Thread-safe. */
final class LiveSettings {
    private final Map<String, LiveSetting> byName = new LinkedHashMap<>();

    LiveSettings(Abilities abilities, Features features, DeviceDriver driver) {
        for (Direction direction : Direction.values()) {
            byName.put(Features.name(direction), new Feature(direction, abilities, features));
        }
        byName.put(DeviceSettings.RECEIVE_QUEUES, new ReceiveQueueCount(driver));
    }

    /** All of them. */
    Map<String, LiveSetting> byName() {
        return byName;
    }

    /** One line for each: name and value. */
    String text() {
        return byName.entrySet().stream()
                .map(entry -> entry.getKey() + ": " + entry.getValue().value() + "\n")
                .collect(Collectors.joining());
    }

    private record Feature(Direction direction, Abilities abilities, Features features) implements LiveSetting {
        private static final String ON = "on";

        @Override
        public String value() {
            return features.has(direction) ? ON : "off";
        }

        @Override
        public String scope() {
            return "new connections";
        }

        @Override
        public void change(String value) {
            String name = Features.name(direction);
            boolean isOn = new SettingValues(Map.of(name, value)).isOne(name, ON, "off");
            if (isOn && !abilities.caps().supports(direction)) {
                throw new IllegalArgumentException(name + ": fixed off: " + abilities.refusal(direction));
            }
            features.set(direction, isOn);
        }
    }

    private record ReceiveQueueCount(DeviceDriver driver) implements LiveSetting {
        @Override
        public String value() {
            return Integer.toString(driver.receiveQueues());
        }

        @Override
        public String scope() {
            return "each event loop, open connections too";
        }

        @Override
        public void change(String value) {
            driver.resize(
                    DeviceSettings.receiveQueues(new SettingValues(Map.of(DeviceSettings.RECEIVE_QUEUES, value))));
        }
    }
}
