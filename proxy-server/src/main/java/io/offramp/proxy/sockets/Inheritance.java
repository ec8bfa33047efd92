package io.offramp.proxy.sockets;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What was there before the process, and goes on in it. One thread at a time. */
public final class Inheritance {
    private final InheritedSockets sockets;
    private final Map<String, byte[]> ticketKeys;
    private final Map<String, byte[]> sessions;
    private final PastUpgrades upgrades;
    private final boolean fromProcess;

    /**
     * From the process before this one.
     *
     * @param ticketKeys by name of the listener; this object wipes them
     * @param sessions of TLS 1.2, likewise
     */
    public Inheritance(
            InheritedSockets sockets,
            Map<String, byte[]> ticketKeys,
            Map<String, byte[]> sessions,
            PastUpgrades upgrades) {
        this(sockets, ticketKeys, sessions, upgrades, true);
    }

    private Inheritance(
            InheritedSockets sockets,
            Map<String, byte[]> ticketKeys,
            Map<String, byte[]> sessions,
            PastUpgrades upgrades,
            boolean fromProcess) {
        this.sockets = sockets;
        this.ticketKeys = new HashMap<>(ticketKeys);
        this.sessions = new HashMap<>(sessions);
        this.upgrades = upgrades;
        this.fromProcess = fromProcess;
    }

    /** Sockets alone. */
    public static Inheritance of(InheritedSockets sockets) {
        return new Inheritance(sockets, Map.of(), Map.of(), PastUpgrades.NONE, false);
    }

    /** Nothing. */
    public static Inheritance none() {
        return of(InheritedSockets.none());
    }

    /** Whether there is a process before this one, which serves until this one does. */
    public boolean isFromProcess() {
        return fromProcess;
    }

    public InheritedSockets sockets() {
        return sockets;
    }

    /** The ticket keys of a listener, which the caller wipes; null for none. They are given once. */
    public byte @Nullable [] takeTicketKeys(String listener) {
        return ticketKeys.remove(listener);
    }

    /** The TLS 1.2 sessions of a listener, which the caller wipes; null for none. They are given once. */
    public byte @Nullable [] takeSessions(String listener) {
        return sessions.remove(listener);
    }

    /** What the processes before have counted. */
    public PastUpgrades upgrades() {
        return upgrades;
    }

    /** Closes and wipes what nobody has taken. */
    public void close() {
        sockets.closeRest();
        wipe(ticketKeys);
        wipe(sessions);
    }

    private static void wipe(Map<String, byte[]> secrets) {
        secrets.values().forEach(each -> Arrays.fill(each, (byte) 0));
        secrets.clear();
    }
}
