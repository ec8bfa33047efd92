package io.offramp.proxy.config;

import io.offramp.proxy.guard.GuardConfig;
import io.offramp.proxy.rate.RateKey;
import io.offramp.proxy.rate.RateLimit;
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
        GuardConfig guard = access.read(section.get("access"), usual.guard(), certificates);
        Value written = section.get("rates");
        List<RateLimit> limits = rates.read(written, usual.rates());
        if (written != null
                && guard.basicAuth() == null
                && limits.stream().anyMatch(each -> each.by() instanceof RateKey.User)) {
            written.error("by: user needs access.basic-auth; behind forward-auth, write by: header:NAME of its copy");
        }
        if (written != null
                && !certificates
                && limits.stream().anyMatch(each -> each.by() instanceof RateKey.Certificate)) {
            written.warn("by: certificate counts by address here: the listener asks no client for a certificate");
        }
        return new Protection(guard, limits, CompressionReader.read(section.get("compression"), usual.compression()));
    }

    /** A tcp listener has none of it but access, which {@link ConnectionsReader} reads. */
    static void refuse(Section listener) {
        for (String key : KEYS) {
            Value value = listener.get(key);
            if (value != null && !key.equals("access")) {
                value.error("a tcp listener passes bytes, and has no rules for requests");
            }
        }
    }
}
