package io.offramp.offload.device;

import io.offramp.offload.LiveSetting;
import io.offramp.offload.device.driver.DeviceDriver;
import io.offramp.offload.record.Direction;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** What can be changed while the device is open, as {@code ethtool -K} and {@code ethtool -L} do. Thread-safe. */
final class LiveSettings {
    private static final String ON = "on";
    private static final String OFF = "off";
    private static final String FOR_ALL = "each event loop, open connections too";

    private final Map<String, LiveSetting> byName = new LinkedHashMap<>();

    LiveSettings(Abilities abilities, Features features, DeviceDriver driver) {
        for (Direction direction : Direction.values()) {
            byName.put(Features.name(direction), new Feature(direction, abilities, features));
        }
        byName.put(DeviceSettings.RECEIVE_QUEUES, new ReceiveQueueCount(driver));
        byName.put(DeviceSettings.LRO, new Lro(driver));
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

    private static boolean isOn(String name, String value) {
        return new SettingValues(Map.of(name, value)).isOne(name, ON, OFF);
    }

    private record Feature(Direction direction, Abilities abilities, Features features) implements LiveSetting {
        @Override
        public String value() {
            return features.has(direction) ? ON : OFF;
        }

        @Override
        public String scope() {
            return "new connections";
        }

        @Override
        public void change(String value) {
            String name = Features.name(direction);
            boolean isOn = isOn(name, value);
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
            return FOR_ALL;
        }

        @Override
        public void change(String value) {
            driver.resize(
                    DeviceSettings.receiveQueues(new SettingValues(Map.of(DeviceSettings.RECEIVE_QUEUES, value))));
        }
    }

    private record Lro(DeviceDriver driver) implements LiveSetting {
        @Override
        public String value() {
            return driver.isMerging() ? ON : OFF;
        }

        @Override
        public String scope() {
            return FOR_ALL;
        }

        @Override
        public void change(String value) {
            driver.merge(isOn(DeviceSettings.LRO, value));
        }
    }
}
