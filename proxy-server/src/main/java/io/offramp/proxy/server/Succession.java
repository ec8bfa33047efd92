package io.offramp.proxy.server;

import io.netty.channel.unix.FileDescriptor;
import io.offramp.proxy.admin.AdminServer;
import io.offramp.proxy.handover.Legacy;
import io.offramp.proxy.handshake.ticket.Tickets;
import io.offramp.proxy.metrics.UpgradeMetrics;
import io.offramp.proxy.sockets.PastUpgrades;
import io.offramp.proxy.sockets.SocketTransport;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Another process takes the place of this one. Both have the same listening sockets, so a connection in their backlog
 * goes to the one that accepts. This one keeps its sockets open, at rest, until it ends: if the other ends first, it
 * goes on. Thread-safe.
 */
public final class Succession {
    /** Of all listeners: some 30,000 sessions without client certificates. */
    private static final int MAX_SESSION_BYTES = 4 << 20;

    private final Object monitor;
    private final Drain drain;
    private final Listeners listeners;
    private final Supplier<Made> made;
    private final Supplier<@Nullable AdminServer> admin;
    private final UpgradeMetrics upgrades;
    private volatile Runnable onTakenBack = () -> {};

    /** @param monitor of the listeners */
    Succession(
            Object monitor,
            Drain drain,
            Listeners listeners,
            Supplier<Made> made,
            Supplier<@Nullable AdminServer> admin,
            UpgradeMetrics upgrades) {
        this.monitor = monitor;
        this.drain = drain;
        this.listeners = listeners;
        this.made = made;
        this.admin = admin;
        this.upgrades = upgrades;
    }

    /** For the other process; the caller wipes it. Without epoll it has no sockets. */
    public Legacy legacy() {
        Map<String, FileDescriptor> sockets = new LinkedHashMap<>();
        synchronized (monitor) {
            for (Listeners.Open each : listeners.all()) {
                put(sockets, each.name(), SocketTransport.descriptor(each.socket()));
            }
        }
        AdminServer ours = admin.get();
        if (ours != null) {
            put(sockets, ours.name(), ours.descriptor());
        }
        PastUpgrades counted = new PastUpgrades(upgrades.count(true), upgrades.count(false));
        int share = MAX_SESSION_BYTES / Math.max(1, made.get().handshakes().size());
        return new Legacy(counted, sockets, saved(Tickets::saveKeys), saved(tickets -> tickets.saveSessions(share)));
    }

    private Map<String, byte[]> saved(Function<Tickets, byte @Nullable []> part) {
        Map<String, byte[]> all = new HashMap<>();
        for (HandshakeParts each : made.get().handshakes().values()) {
            Tickets tickets = each.tickets().tickets();
            byte[] saved = tickets == null ? null : part.apply(tickets);
            if (saved != null) {
                all.put(each.listener(), saved);
            }
        }
        return all;
    }

    private static void put(Map<String, FileDescriptor> sockets, String name, @Nullable FileDescriptor socket) {
        if (socket != null) {
            sockets.put(name, socket);
        }
    }

    /** The process before has left its files to this one. */
    public void own() {
        AdminServer ours = admin.get();
        if (ours != null) {
            ours.own();
        }
    }

    /** The other process serves: this one takes no connection yet. */
    public void rest() {
        rest(_ -> true);
    }

    /**
     * The other process accepts: this one takes no connection any more. Blocks until all that it took are set up; if an
     * event loop is stuck, for a few seconds.
     *
     * @param taken names of sockets that the other one has: any other listener closes, so that clients are refused
     *     instead of waiting; admin pages go on here
     */
    public void rest(Set<String> taken) {
        rest(taken::contains);
    }

    private void rest(Predicate<String> taken) {
        synchronized (monitor) {
            listeners.hold();
            listeners.keep(taken);
        }
        AdminServer ours = admin.get();
        if (ours != null && taken.test(ours.name())) {
            ours.rest();
        }
    }

    /** Behind {@link #rest}: serves what this process has accepted, and closes each connection as soon as it can. */
    public void leave() {
        drain.replace();
    }

    /**
     * Behind {@link #leave}: blocks until no connection is left, or this time is over, or the other process has ended.
     *
     * @return false if the other process has ended
     */
    public boolean drain(Duration limit, CompletableFuture<?> otherEnded) {
        return drain.hand(limit, otherEnded);
    }

    /** Both processes accept, so a connection goes to the one that has time. Admin pages stay with the other. */
    public void share() {
        synchronized (monitor) {
            listeners.all().forEach(Listeners.Open::release);
        }
    }

    /** The other process has ended, and this one accepts again. */
    public void takeBack() {
        drain.takeBack();
        synchronized (monitor) {
            listeners.all().forEach(Listeners.Open::release);
            listeners.bindAgain(made.get());
        }
        AdminServer ours = admin.get();
        if (ours != null) {
            ours.goOn();
        }
        onTakenBack.run();
    }

    /** Runs when this process serves again. */
    void onTakenBack(Runnable task) {
        onTakenBack = task;
    }
}
