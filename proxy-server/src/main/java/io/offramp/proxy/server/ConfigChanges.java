package io.offramp.proxy.server;

import io.offramp.proxy.config.ListenerConfig;
import io.offramp.proxy.config.ProxyConfig;
import io.offramp.proxy.config.UpstreamTlsConfig;
import io.offramp.proxy.generation.ListenerKey;
import io.offramp.proxy.upstream.UpstreamConfig;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What differs between two configurations, in words for the operator: names of settings, never their values. */
final class ConfigChanges {
    /** Told one by one. */
    private static final Set<String> NAMED = Set.of("listeners", "upstreams", "upstream-tls");

    /** An upstream with the TLS that its configuration has beside it. */
    private record Upstream(UpstreamConfig of, @Nullable UpstreamTlsConfig tls) {}

    private ConfigChanges() {}

    /** A line for each listener and upstream that differs, and for the rest; none if they are equal. */
    static List<String> between(ProxyConfig before, ProxyConfig next) {
        List<String> lines = new ArrayList<>();
        Map<ListenerKey, ListenerConfig> old = GenerationMaker.keys(before);
        Map<ListenerKey, ListenerConfig> now = GenerationMaker.keys(next);
        for (ListenerKey key : union(old.keySet(), now.keySet())) {
            ListenerConfig one = now.getOrDefault(key, old.get(key));
            describe("listener " + Objects.requireNonNull(one).name(), old.get(key), now.get(key), lines);
        }
        Map<String, Upstream> oldUpstreams = upstreams(before);
        Map<String, Upstream> upstreams = upstreams(next);
        for (String name : union(oldUpstreams.keySet(), upstreams.keySet())) {
            describe("upstream " + name, oldUpstreams.get(name), upstreams.get(name), lines);
        }
        differing(before, next).stream()
                .filter(each -> !NAMED.contains(each))
                .forEach(each -> lines.add(each + ": changed"));
        return lines;
    }

    private static Map<String, Upstream> upstreams(ProxyConfig config) {
        Map<String, Upstream> all = new LinkedHashMap<>();
        config.upstreams()
                .forEach((name, upstream) -> all.put(
                        name, new Upstream(upstream, config.upstreamTls().get(name))));
        return all;
    }

    private static <K> Set<K> union(Set<K> one, Set<K> other) {
        Set<K> all = new LinkedHashSet<>(one);
        all.addAll(other);
        return all;
    }

    private static void describe(String name, @Nullable Record old, @Nullable Record now, List<String> lines) {
        if (old == null) {
            lines.add(name + ": added");
        } else if (now == null) {
            lines.add(name + ": removed");
        } else if (!old.equals(now)) {
            String parts = String.join(", ", differing(old, now));
            lines.add(name + ": changed: " + parts.replace("of.", ""));
        }
    }

    /** Names of the parts that differ; with those of their own parts where both sides have them. */
    private static List<String> differing(Record old, Record now) {
        List<String> names = new ArrayList<>();
        for (RecordComponent part : old.getClass().getRecordComponents()) {
            Object before = value(part, old);
            Object after = value(part, now);
            if (Objects.equals(before, after)) {
                continue;
            }
            String name = part.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
            if (before instanceof Record one && after instanceof Record two && one.getClass() == two.getClass()) {
                differing(one, two).forEach(inner -> names.add(name + "." + inner));
            } else {
                names.add(name);
            }
        }
        return names;
    }

    private static @Nullable Object value(RecordComponent part, Record of) {
        try {
            part.getAccessor().setAccessible(true); // a record of this class is private
            return part.getAccessor().invoke(of);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
