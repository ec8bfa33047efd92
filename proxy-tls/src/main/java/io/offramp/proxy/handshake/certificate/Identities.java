package io.offramp.proxy.handshake.certificate;

import io.offramp.proxy.handshake.crypto.CryptoProviders;
import io.offramp.proxy.handshake.crypto.Group;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The certificates of a listener, which can be replaced while it serves. A handshake reads the {@link #table} once and
 * keeps it; open connections never read it. Thread-safe.
 */
public final class Identities {
    private final List<Group> groups;
    private final CryptoProviders providers;
    private volatile InUse inUse;

    private record InUse(
            List<ServerIdentity> all,
            Map<ServerIdentity, Credentials> credentials,
            IdentityTable table,
            boolean areStepsSlow) {}

    /** @param groups for the key exchange, which may be expensive as well */
    public Identities(List<ServerIdentity> first, List<Group> groups, CryptoProviders providers) {
        this.groups = List.copyOf(groups);
        this.providers = providers;
        this.inUse = prepare(first, Map.of());
    }

    /**
     * Replaces all, for handshakes that begin afterwards. One call at a time.
     *
     * @param next at least one; the first serves names that match none
     */
    public void replace(List<ServerIdentity> next) {
        inUse = prepare(next, inUse.credentials);
    }

    /** The first is the default. */
    public List<ServerIdentity> all() {
        return inUse.all;
    }

    public IdentityTable table() {
        return inUse.table;
    }

    /** Whether a handshake has a step that would stall an event loop. */
    public boolean areStepsSlow() {
        return inUse.areStepsSlow;
    }

    /** Identities that stay keep what was prepared for them. */
    private InUse prepare(List<ServerIdentity> next, Map<ServerIdentity, Credentials> prepared) {
        Map<ServerIdentity, Credentials> credentials = new IdentityHashMap<>();
        for (ServerIdentity identity : next) {
            Credentials known = prepared.get(identity);
            credentials.put(identity, known != null ? known : new Credentials(identity, providers));
        }
        return new InUse(List.copyOf(next), credentials, new IdentityTable(next, credentials), areStepsSlow(next));
    }

    private boolean areStepsSlow(List<ServerIdentity> identities) {
        Stream<CryptoProviders.Primitive> used = Stream.concat(
                groups.stream().map(CryptoProviders.Primitive::of).flatMap(List::stream),
                identities.stream().map(identity -> CryptoProviders.Primitive.of(identity.keyType())));
        // ask all, so that all are probed and named at start
        return !used.distinct()
                .filter(primitive -> !providers.isFast(primitive))
                .toList()
                .isEmpty();
    }
}
