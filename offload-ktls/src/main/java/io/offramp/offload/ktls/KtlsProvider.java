package io.offramp.offload.ktls;

import io.offramp.offload.OffloadProvider;
import java.util.Map;

/** Where the service loader finds kernel TLS. */
public final class KtlsProvider implements OffloadProvider {
    @Override
    public String name() {
        return KtlsOffload.NAME;
    }

    /** None: what the kernel can is tried, and whether a NIC does the work is set with {@code ethtool -K}. */
    @Override
    public Map<String, String> settings() {
        return Map.of();
    }

    @Override
    public KtlsOffload open(Map<String, String> settings) {
        if (!settings.isEmpty()) {
            throw new IllegalArgumentException(
                    settings.keySet().iterator().next() + ": the ktls backend has no settings");
        }
        return KtlsOffload.open();
    }
}
