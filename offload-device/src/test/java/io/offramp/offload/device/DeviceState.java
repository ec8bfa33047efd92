package io.offramp.offload.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;

/** A device as tests set it up, and as it must be once all sessions are closed. */
final class DeviceState {
    private DeviceState() {}

    /** @param settings name, value, name, value … */
    static DeviceSettings settings(String... settings) {
        Map<String, String> map = new HashMap<>();
        for (int i = 0; i < settings.length; i += 2) {
            map.put(settings[i], settings[i + 1]);
        }
        return DeviceSettings.parse(map);
    }

    /** No session holds anything of the device. */
    static void expectNothingHeld(Device device) {
        assertThat(device.resources().tises().inUse()).as("TIS in use").isZero();
        assertThat(device.resources().deks().inUse()).as("DEK in use").isZero();
        assertThat(device.nic().tirs().inUse()).as("TIR in use").isZero();
        assertThat(device.nic().steering().used()).as("steering rules").isZero();
    }
}
