package io.offramp.proxy.handshake.certificate;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which certificates serve which name (RFC 6066 §3). Several may serve the same name, such as one with ECDSA and one
 * with RSA; ECDSA comes first, since it costs a tenth. Immutable.
 */
public final class IdentityTable {
    private static final Comparator<Credentials> CHEAPEST_FIRST =
            Comparator.comparingInt(credentials -> credentials.keyType().isEcdsa() ? 0 : 1);

    private final Map<String, List<Credentials>> exact = new HashMap<>();
    private final Map<String, List<Credentials>> wildcards = new HashMap<>();
    private final List<Credentials> fallback = new ArrayList<>();

    /**
     * @param identities the first serves unknown names and clients without a name; so do those that share a name with
     *     it
     * @param prepared of each identity
     */
    IdentityTable(List<ServerIdentity> identities, Map<ServerIdentity, Credentials> prepared) {
        ServerIdentity first = identities.getFirst();
        for (ServerIdentity identity : identities) {
            Credentials credentials = Objects.requireNonNull(prepared.get(identity));
            identity.names().forEach(name -> add(name, credentials));
            if (identity == first || !Collections.disjoint(identity.names(), first.names())) {
                fallback.add(credentials);
            }
        }
        Stream.concat(exact.values().stream(), wildcards.values().stream()).forEach(list -> list.sort(CHEAPEST_FIRST));
        fallback.sort(CHEAPEST_FIRST);
    }

    /**
     * In order of preference, at least one.
     *
     * @param serverName lower case; null if the client sent none
     */
    public List<Credentials> candidates(@Nullable String serverName) {
        if (serverName == null) {
            return fallback;
        }
        List<Credentials> named = exact.getOrDefault(serverName, List.of());
        List<Credentials> covered = wildcards.getOrDefault(parent(serverName), List.of());
        if (covered.isEmpty()) {
            return named.isEmpty() ? fallback : named;
        }
        return named.isEmpty()
                ? covered
                : Stream.concat(named.stream(), covered.stream()).toList();
    }

    /** Whether a certificate serves both names, which are in lower case. */
    public boolean areShared(String one, String other) {
        return !Collections.disjoint(candidates(one), candidates(other));
    }

    private void add(String name, Credentials credentials) {
        Map<String, List<Credentials>> table = name.startsWith("*.") ? wildcards : exact;
        String key = name.startsWith("*.") ? parent(name) : name;
        table.computeIfAbsent(key, k -> new ArrayList<>()).add(credentials);
    }

    /** A wildcard stands for exactly one label (RFC 9525 §6.3). */
    private static String parent(String name) {
        return name.substring(name.indexOf('.') + 1);
    }
}
