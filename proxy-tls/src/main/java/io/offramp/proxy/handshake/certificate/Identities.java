package io.offramp.proxy.handshake.certificate;

import io.offramp.proxy.handshake.crypto.CryptoProviders;
import io.offramp.proxy.handshake.crypto.Group;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The certificates of a listener, which are replaced while it serves. A handshake looks at the {@link #table} once and
 * goes on with that; connections that are open never look. Thread-safe.
 */
public final class Identities {
    private final List<Group> groups;
    private final CryptoProviders providers;
    private volatile InUse inUse;

    private record InUse(
            List<ServerIdentity> all,
            Map<ServerIdentity, Credentials> credentials,
            IdentityTable table,
            boolean areStepsDear) {}

    /** @param groups that keys are exchanged in, which may be dear as well */
    public Identities(List<ServerIdentity> first, List<Group> groups, CryptoProviders providers) {
        this.groups = List.copyOf(groups);
        this.providers = providers;
        this.inUse = prepare(first, Map.of());
    }

    /**
     * Puts others in use for the handshakes that begin from now on. One at a time.
     *
     * @param next at least one; the first answers for names that none has
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
    public boolean areStepsDear() {
        return inUse.areStepsDear;
    }

    /** Those that stay keep what was prepared for them. */
    private InUse prepare(List<ServerIdentity> next, Map<ServerIdentity, Credentials> prepared) {
        Map<ServerIdentity, Credentials> credentials = new IdentityHashMap<>();
        for (ServerIdentity identity : next) {
            Credentials known = prepared.get(identity);
            credentials.put(identity, known != null ? known : new Credentials(identity, providers));
        }
        return new InUse(List.copyOf(next), credentials, new IdentityTable(next, credentials), areStepsDear(next));
    }

    private boolean areStepsDear(List<ServerIdentity> identities) {
        Stream<CryptoProviders.Primitive> used = Stream.concat(
                groups.stream().map(CryptoProviders.Primitive::of).flatMap(List::stream),
                identities.stream().map(identity -> CryptoProviders.Primitive.of(identity.keyType())));
        // all are asked, so that all are probed now and named at the start
        return !used.distinct()
                .filter(primitive -> !providers.isFast(primitive))
                .toList()
                .isEmpty();
    }
}
