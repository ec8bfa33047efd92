package io.offramp.proxy.config;

import io.offramp.proxy.budget.LimitConfig;
import io.offramp.proxy.channel.TimeoutConfig;
import io.offramp.proxy.upstream.UpstreamConfig;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The whole configuration of a proxy.
 *
 * @param listeners at least one
 * @param upstreams by name; those written directly at a listener or route are named after their address
 * @param admin the admin listener; null for none
 * @param timeouts limits in time
 * @param limits limits in size and number
 * @param backends settings of record-offload backends, by backend and setting, unparsed: {@code device -> contexts ->
 *     4096}
 * @param logging log level and access log
 * @param threads event loops; 0 for one per processor
 */
public record ProxyConfig(
        List<ListenerConfig> listeners,
        Map<String, UpstreamConfig> upstreams,
        @Nullable AdminConfig admin,
        TimeoutConfig timeouts,
        LimitConfig limits,
        Map<String, Map<String, String>> backends,
        LoggingConfig logging,
        int threads) {
    /** Copies the collections. */
    public ProxyConfig {
        listeners = List.copyOf(listeners);
        upstreams = Collections.unmodifiableMap(new LinkedHashMap<>(upstreams));
        backends = Map.copyOf(backends);
    }
}
