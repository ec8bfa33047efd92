package io.offramp.offload.device;

import io.offramp.offload.OffloadProvider;
import io.offramp.offload.aead.choice.AeadEngines;
import java.util.Map;

/** Finds the backend {@code device}. */
public final class DeviceProvider implements OffloadProvider {
    /** For the service loader. */
    public DeviceProvider() {}

    @Override
    public String name() {
        return Device.NAME;
    }

    @Override
    public Map<String, String> settings() {
        return DeviceSettings.help();
    }

    @Override
    public boolean takesConnections() {
        return true;
    }

    @Override
    public Device open(Map<String, String> settings) {
        return new Device(DeviceSettings.parse(settings), AeadEngines.best());
    }
}
