package io.offramp.proxy.exchange;

import io.offramp.proxy.message.Field;
import io.offramp.proxy.message.Fields;
import io.offramp.proxy.message.RequestHead;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.StringJoiner;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Protocols that a connection may change to, element by element of {@code Upgrade} (RFC 9110 §7.8). Never to HTTP/2:
 * requests in such a tunnel would bypass all our rules. Immutable.
 *
 * @param allowed names in lower case
 */
record Upgrades(Set<String> allowed) {
    /** Clients offer these in passing, and accept HTTP/1.1. */
    private static final Set<String> OPTIONAL = Set.of("h2c", "h2", "h3", "http", "tls");

    /** The allowed part of a request's offer, as a field's value; null if there is none. */
    @Nullable
    String offer(Fields request) {
        StringJoiner passed = new StringJoiner(", ");
        elements(request).filter(each -> allowed.contains(name(each))).forEach(passed::add);
        return passed.length() == 0 ? null : passed.toString();
    }

    /**
     * The first protocol that a client needs and that is not allowed, by a request without an offer; null if none is.
     */
    static @Nullable String missed(RequestHead request) {
        return elements(request.fields())
                .filter(each -> request.needsUpgrade() || !OPTIONAL.contains(name(each)))
                .findFirst()
                .orElse(null);
    }

    /** True if a 101 changes only to an offered protocol. */
    static boolean isOf(String offer, Fields switching) {
        List<String> offered = split(offer).toList();
        List<String> chosen = elements(switching).toList();
        return !chosen.isEmpty()
                && chosen.stream().allMatch(each -> offered.stream().anyMatch(each::equalsIgnoreCase));
    }

    private static Stream<String> elements(Fields fields) {
        return fields.all(Field.UPGRADE).stream().flatMap(Upgrades::split);
    }

    private static Stream<String> split(String list) {
        return Stream.of(list.split(",")).map(String::strip).filter(each -> !each.isEmpty());
    }

    /** Without a version. */
    private static String name(String protocol) {
        int slash = protocol.indexOf('/');
        return (slash < 0 ? protocol : protocol.substring(0, slash)).toLowerCase(Locale.ROOT);
    }
}
