package io.offramp.proxy.config;

import io.offramp.proxy.route.Protection;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads {@code access}, {@code rates} and {@code compression} of listeners and routes. */
final class ProtectionReader {
    /** Keys of a listener, and of a route. */
    static final List<String> KEYS = List.of("access", "rates", "compression");

    private final AccessReader access;
    private final RateReader rates = new RateReader();

    /** @param upstreams reads the name of one, of which the servers take requests */
    ProtectionReader(Surroundings surroundings, Function<Value, @Nullable String> upstreams) {
        access = new AccessReader(surroundings, upstreams);
    }

    /**
     * What is written.
     *
     * @param usual for what is not
     * @param certificates whether the listener asks clients for certificates
     */
    Protection read(Section section, Protection usual, boolean certificates) {
        return new Protection(
                access.read(section.get("access"), usual.guard(), certificates),
                rates.read(section.get("rates"), usual.rates()),
                CompressionReader.read(section.get("compression"), usual.compression()));
    }

    /** A tcp listener has none of it. */
    static void refuse(Section listener) {
        for (String key : KEYS) {
            Value value = listener.get(key);
            if (value != null) {
                value.error("a tcp listener passes bytes, and has no rules for requests");
            }
        }
    }
}
