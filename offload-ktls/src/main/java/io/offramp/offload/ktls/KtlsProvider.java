package io.offramp.offload.ktls;

import io.offramp.offload.OffloadProvider;
import java.util.Map;

/** Kernel TLS' entry for the service loader. */
public final class KtlsProvider implements OffloadProvider {
    private static final String SPLICE = "splice";
    private static final String ON = "on";
    private static final String OFF = "off";

    @Override
    public String name() {
        return KtlsOffload.NAME;
    }

    /** Only one setting: the kernel is probed, and {@code ethtool -K} decides about the NIC. */
    @Override
    public Map<String, String> settings() {
        return Map.of(
                SPLICE,
                "whether long answers go from the upstream's socket to the client's within the kernel, on or off; "
                        + "default "
                        + ON);
    }

    @Override
    public KtlsOffload open(Map<String, String> settings) {
        for (String name : settings.keySet()) {
            if (!name.equals(SPLICE)) {
                throw new IllegalArgumentException(name + ": unknown setting, expected " + SPLICE);
            }
        }
        String splice = settings.getOrDefault(SPLICE, ON);
        if (!splice.equals(ON) && !splice.equals(OFF)) {
            throw new IllegalArgumentException(SPLICE + ": must be " + ON + " or " + OFF + ", is " + splice);
        }
        return KtlsOffload.open(splice.equals(ON));
    }
}
