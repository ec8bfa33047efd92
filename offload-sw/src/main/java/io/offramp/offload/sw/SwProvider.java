package io.offramp.offload.sw;

import io.offramp.offload.OffloadProvider;
import io.offramp.offload.RecordOffload;
import io.offramp.offload.aead.choice.AeadEngines;
import java.util.Map;

/** The software backend's entry for the service loader. */
public final class SwProvider implements OffloadProvider {
    @Override
    public String name() {
        return SwOffload.NAME;
    }

    /** None: the engine depends on the machine ({@link AeadEngines}). */
    @Override
    public Map<String, String> settings() {
        return Map.of();
    }

    @Override
    public RecordOffload open(Map<String, String> settings) {
        if (!settings.isEmpty()) {
            throw new IllegalArgumentException(
                    settings.keySet().iterator().next() + ": the sw backend has no settings");
        }
        return new SwOffload(AeadEngines.best());
    }
}
