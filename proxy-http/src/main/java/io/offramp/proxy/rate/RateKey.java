package io.offramp.proxy.rate;

import io.offramp.proxy.message.ClientFields;
import io.offramp.proxy.message.FieldRules;
import io.offramp.proxy.message.Fields;
import io.offramp.proxy.net.ClientKey;
import io.offramp.proxy.rule.RuleRequest;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** What counts as one client. A request without the field or the certificate counts by its address. */
public sealed interface RateKey {
    /** Of FNV-1a. */
    long START = 0xcbf29ce484222325L;

    /** Of FNV-1a. */
    long PRIME = 0x100000001b3L;

    /** By address, an IPv6 client by its /64. */
    record Address() implements RateKey {}

    /** All requests together. */
    record All() implements RateKey {}

    /** By client certificate. */
    record Certificate() implements RateKey {}

    /**
     * By the value of a field, such as an API key that an access rule has checked: anyone can send another value each
     * time. A field that only a trusted proxy may send is none of another client.
     *
     * @param name in lower case
     */
    record Header(String name, byte[] lower) implements RateKey {
        /** By name. */
        public Header(String name) {
            this(name.toLowerCase(Locale.ROOT), name.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.US_ASCII));
        }

        private boolean isIn(Fields request, boolean trusted) {
            int first = request.indexOf(lower);
            return first >= 0 && FieldRules.isBelieved(request.kind(first), trusted);
        }

        /** Of all its lines: a server may take any of them. */
        private long hash(Fields request) {
            long hash = START;
            for (int i = 0; i < request.size(); i++) {
                if (request.isName(i, lower)) {
                    hash = RateKey.hash(hash * PRIME, request.value(i));
                }
            }
            return hash;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Header header && header.name.equals(name);
        }

        @Override
        public int hashCode() {
            return name.hashCode();
        }
    }

    /** By the user that basic authentication has found. */
    record User() implements RateKey {}

    /** True if a request's client is known before access rules have judged it. */
    default boolean isKnownAtOnce() {
        return switch (this) {
            case Address address -> true;
            case Certificate certificate -> true;
            case All all -> false;
            case Header header -> false;
            case User user -> false;
        };
    }

    /** The number of a request's client, by what access rules have found and by the client's own word for the rest. */
    default long of(RuleRequest request) {
        String found = switch (this) {
            case Header header -> request.edits().vouched(header.name);
            case User user -> request.edits().user();
            case Address address -> null;
            case All all -> null;
            case Certificate certificate -> null;
        };
        if (found == null) {
            return of(request.head().fields(), request.client());
        }
        return found.isEmpty() ? byAddress(request.head().fields(), request.client()) : hash(START, found);
    }

    /** The number of the client of a request that no access rule has judged. */
    default long of(Fields request, ClientFields client) {
        return switch (this) {
            case All all -> 0;
            case Address address -> byAddress(request, client);
            case User user -> byAddress(request, client);
            case Certificate certificate ->
                client.certificate() == null
                        ? byAddress(request, client)
                        : hash(START, client.certificate().fingerprint());
            case Header header ->
                header.isIn(request, client.trusted()) ? header.hash(request) : byAddress(request, client);
        };
    }

    private static long byAddress(Fields request, ClientFields client) {
        return ClientKey.of(client.source().of(request));
    }

    /** FNV-1a. The table mixes it with its seed. */
    private static long hash(long from, CharSequence text) {
        long hash = from;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * PRIME;
        }
        return hash;
    }
}
