package io.offramp.proxy.sockets;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What was there before the process, and goes on in it. One thread at a time. */
public final class Inheritance {
    private final InheritedSockets sockets;
    private final Map<String, byte[]> ticketKeys;

    /**
     * From the process before this one.
     *
     * @param ticketKeys by name of the listener; this object wipes them
     */
    public Inheritance(InheritedSockets sockets, Map<String, byte[]> ticketKeys) {
        this.sockets = sockets;
        this.ticketKeys = new HashMap<>(ticketKeys);
    }

    /** Sockets alone. */
    public static Inheritance of(InheritedSockets sockets) {
        return new Inheritance(sockets, Map.of());
    }

    /** Nothing. */
    public static Inheritance none() {
        return of(InheritedSockets.none());
    }

    public InheritedSockets sockets() {
        return sockets;
    }

    /** The ticket keys of a listener, which the caller wipes; null for none. They are given once. */
    public byte @Nullable [] takeTicketKeys(String listener) {
        return ticketKeys.remove(listener);
    }

    /** Closes and wipes what nobody has taken. */
    public void close() {
        sockets.closeRest();
        ticketKeys.values().forEach(each -> Arrays.fill(each, (byte) 0));
        ticketKeys.clear();
    }
}
