package io.offramp.proxy.upstream.resolve;

import io.netty.channel.EventLoop;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.resolver.dns.DnsCache;
import io.netty.resolver.dns.DnsCacheEntry;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * In the place of the resolver's cache: remembers no answers, so that each lookup asks, but how long the last ones may
 * be used. Confined to the resolver's event loop.
 */
final class TtlWatch implements DnsCache {
    private final Map<String, Long> seconds = new HashMap<>();

    /** An answer that the resolver wants to keep. */
    private record Entry(
            @Nullable InetAddress address, @Nullable Throwable cause) implements DnsCacheEntry {}

    /** The shortest TTL of the last answer's addresses, which is then forgotten. */
    Duration least(String name, Duration otherwise) {
        Long least = null;
        String prefix = key(name);
        for (Map.Entry<String, Long> each : seconds.entrySet()) {
            // A search domain may have been appended.
            if (each.getKey().startsWith(prefix)) {
                least = least == null ? each.getValue() : Math.min(least, each.getValue());
            }
        }
        seconds.keySet().removeIf(each -> each.startsWith(prefix));
        return least == null ? otherwise : Duration.ofSeconds(least);
    }

    private static String key(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower : lower + ".";
    }

    @Override
    public void clear() {
        seconds.clear();
    }

    @Override
    public boolean clear(String hostname) {
        return seconds.remove(key(hostname)) != null;
    }

    @Override
    public List<? extends DnsCacheEntry> get(String hostname, DnsRecord[] additionals) {
        return List.of();
    }

    @Override
    public DnsCacheEntry cache(
            String hostname, DnsRecord[] additionals, InetAddress address, long originalTtl, EventLoop loop) {
        seconds.merge(key(hostname), originalTtl, Math::min);
        return new Entry(address, null);
    }

    @Override
    public DnsCacheEntry cache(String hostname, DnsRecord[] additionals, Throwable cause, EventLoop loop) {
        return new Entry(null, cause);
    }
}
