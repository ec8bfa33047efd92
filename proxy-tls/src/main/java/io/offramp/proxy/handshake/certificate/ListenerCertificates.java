package io.offramp.proxy.handshake.certificate;

import io.offramp.proxy.reload.ReloadOutcome;
import io.offramp.proxy.reload.Reloadable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * The certificates of a listener, read from its files. Each is replaced on its own: one with broken files stays as it
 * was, and the others are still replaced. One that has disappeared from its directory is dropped at the second reload,
 * unless none would be left. Not thread-safe: made, then reloaded, by one thread after the other.
 */
public final class ListenerCertificates implements Reloadable {
    private final String owner;
    private final List<CertificateSource> sources;
    private final List<Consumer<List<ServerIdentity>>> users = new CopyOnWriteArrayList<>();
    private SequencedMap<Path, ServerIdentity> loaded;
    private Set<Path> missing = Set.of();

    private ListenerCertificates(
            String owner, List<CertificateSource> sources, SequencedMap<Path, ServerIdentity> loaded) {
        this.owner = owner;
        this.sources = List.copyOf(sources);
        this.loaded = loaded;
    }

    /**
     * Reads all of them. Blocks.
     *
     * @param owner the listener's name
     * @param sources at least one; the first is the default
     * @throws BadCertificateException if one of them cannot be used; the message names the file
     */
    public static ListenerCertificates load(String owner, List<CertificateSource> sources)
            throws BadCertificateException {
        SequencedMap<Path, ServerIdentity> loaded = new LinkedHashMap<>();
        for (CertificateSource source : sources) {
            for (CertificateFiles files : source.certificates()) {
                loaded.put(files.cert(), files.load());
            }
        }
        return new ListenerCertificates(owner, sources, loaded);
    }

    /** The first is the default. */
    public List<ServerIdentity> identities() {
        return List.copyOf(loaded.values());
    }

    /** Passes on what is loaded, now and after each change. */
    public void publishTo(Consumer<List<ServerIdentity>> user) {
        user.accept(identities());
        users.add(user);
    }

    @Override
    public String kind() {
        return "certificate";
    }

    @Override
    public String owner() {
        return owner;
    }

    @Override
    public Collection<Path> files() {
        return sources.stream()
                .flatMap(source -> source.watched().stream())
                .distinct()
                .toList();
    }

    @Override
    public ReloadOutcome reload() {
        List<String> problems = new ArrayList<>();
        SequencedMap<Path, ServerIdentity> next = new LinkedHashMap<>();
        for (CertificateSource source : sources) {
            try {
                source.certificates().forEach(files -> reload(files, next, problems));
            } catch (BadCertificateException e) { // a missing or empty directory removes no certificate
                problems.add(String.valueOf(e.getMessage()));
                loaded.forEach((cert, identity) -> {
                    if (source.has(cert)) {
                        next.put(cert, identity);
                    }
                });
            }
        }
        Set<Path> absent = new HashSet<>(loaded.keySet());
        absent.removeAll(next.keySet());
        boolean unsettled = !missing.containsAll(absent);
        SequencedMap<Path, ServerIdentity> settled = unsettled ? withNewlyMissing(next) : next;
        missing = absent;
        return new ReloadOutcome(settled.isEmpty() ? List.of() : publish(settled), problems, unsettled);
    }

    private List<String> publish(SequencedMap<Path, ServerIdentity> next) {
        List<String> changes = CertificateChanges.between(loaded, next);
        List<ServerIdentity> before = identities();
        loaded = next;
        if (!identities().equals(before)) {
            users.forEach(user -> user.accept(identities()));
        }
        return changes;
    }

    /**
     * A file that has just disappeared may be about to be rewritten: its certificate stays, in its place, until the
     * next reload.
     */
    private SequencedMap<Path, ServerIdentity> withNewlyMissing(SequencedMap<Path, ServerIdentity> next) {
        SequencedMap<Path, ServerIdentity> all = new LinkedHashMap<>();
        loaded.forEach((cert, old) -> {
            ServerIdentity fresh = next.get(cert);
            if (fresh != null || !missing.contains(cert)) {
                all.put(cert, fresh != null ? fresh : old);
            }
        });
        next.forEach(all::putIfAbsent);
        return all;
    }

    /** Keeps a certificate whose files have not changed; leaves out a broken one that has never been good. */
    private void reload(CertificateFiles files, Map<Path, ServerIdentity> next, List<String> problems) {
        ServerIdentity old = loaded.get(files.cert());
        try {
            ServerIdentity fresh = files.loadUnstapled(old);
            next.put(files.cert(), staple(files, old != null && old.hasChainOf(fresh) ? old : fresh, problems));
        } catch (BadCertificateException e) {
            problems.add(String.valueOf(e.getMessage()));
            if (old != null) {
                next.put(files.cert(), old);
            }
        }
    }

    /** A new certificate does not wait for its staple: different tools usually fetch the two. */
    private static ServerIdentity staple(CertificateFiles files, ServerIdentity identity, List<String> problems) {
        try {
            return files.staple(identity);
        } catch (BadCertificateException e) {
            problems.add(String.valueOf(e.getMessage()));
            return identity;
        }
    }
}
