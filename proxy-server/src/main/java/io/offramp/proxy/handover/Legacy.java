package io.offramp.proxy.handover;

import io.netty.channel.unix.FileDescriptor;
import io.offramp.proxy.sockets.PastUpgrades;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a process gives to the one that takes its place.
 *
 * @param upgrades counted so far
 * @param sockets listening, by the name that both processes have for them; they stay open here
 * @param ticketKeys secrets by name of the listener
 * @param sessions of TLS 1.2 that clients name by ID: secrets by name of the listener
 */
public record Legacy(
        PastUpgrades upgrades,
        Map<String, FileDescriptor> sockets,
        Map<String, byte[]> ticketKeys,
        Map<String, byte[]> sessions) {
    /** Copies the maps, not the secrets; keeps the order. */
    public Legacy {
        sockets = Collections.unmodifiableMap(new LinkedHashMap<>(sockets));
        ticketKeys = Map.copyOf(ticketKeys);
        sessions = Map.copyOf(sessions);
    }

    /** The same with one socket more. */
    public Legacy with(String name, FileDescriptor socket) {
        Map<String, FileDescriptor> more = new LinkedHashMap<>(sockets);
        more.put(name, socket);
        return new Legacy(upgrades, more, ticketKeys, sessions);
    }

    /** Wipes the secrets. */
    public void wipe() {
        ticketKeys.values().forEach(each -> Arrays.fill(each, (byte) 0));
        sessions.values().forEach(each -> Arrays.fill(each, (byte) 0));
    }

    @Override
    public String toString() {
        return "Legacy[" + sockets.keySet() + ", ticket keys of " + ticketKeys.keySet() + ", sessions of "
                + sessions.keySet() + "]";
    }
}
