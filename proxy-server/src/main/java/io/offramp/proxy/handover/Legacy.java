package io.offramp.proxy.handover;

import io.netty.channel.unix.FileDescriptor;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a process gives to the one that takes its place.
 *
 * @param sockets listening, by the name that both processes have for them; they stay open here
 * @param ticketKeys secrets by name of the listener
 */
public record Legacy(Map<String, FileDescriptor> sockets, Map<String, byte[]> ticketKeys) {
    /** Copies the maps, not the keys; keeps the order. */
    public Legacy {
        sockets = Collections.unmodifiableMap(new LinkedHashMap<>(sockets));
        ticketKeys = Map.copyOf(ticketKeys);
    }

    /** The same with one socket more. */
    public Legacy with(String name, FileDescriptor socket) {
        Map<String, FileDescriptor> more = new LinkedHashMap<>(sockets);
        more.put(name, socket);
        return new Legacy(more, ticketKeys);
    }

    /** Wipes the keys. */
    public void wipe() {
        ticketKeys.values().forEach(each -> Arrays.fill(each, (byte) 0));
    }

    @Override
    public String toString() {
        return "Legacy[" + sockets.keySet() + ", ticket keys of " + ticketKeys.keySet() + "]";
    }
}
