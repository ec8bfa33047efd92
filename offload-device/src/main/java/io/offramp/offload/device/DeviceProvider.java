package io.offramp.offload.device;

import io.offramp.offload.OffloadProvider;
import io.offramp.offload.aead.choice.AeadEngines;
import io.offramp.offload.record.Direction;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

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
    public Set<String> unsafeSettings() {
        return Set.of(CaptureTarget.PCAP);
    }

    @Override
    public boolean takesConnections() {
        return true;
    }

    @Override
    public @Nullable String refusal(Direction direction, Map<String, String> settings) {
        return DeviceSettings.parse(settings).abilities().refusal(direction);
    }

    @Override
    public Device open(Map<String, String> settings) {
        return new Device(DeviceSettings.parse(settings), AeadEngines.best());
    }
}
