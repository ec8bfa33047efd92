package io.offramp.proxy.message;

import io.offramp.proxy.net.Cidr;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The address that rules take for the client's. A trusted proxy names its clients in {@code X-Forwarded-For}, nearest
 * last: the client is the last of them that is no trusted proxy itself. Nobody else's word counts. Where the field
 * ends, or has something else than an address, the nearest known proxy stands for the client.
 *
 * @param peer the client of the connection: the socket's peer, or the one that a PROXY header has named
 * @param proxies trusted ones
 */
public record ClientAddress(InetAddress peer, List<Cidr> proxies) {
    /** Longest text of an address with a port. */
    private static final int MOST_CHARS = 64;

    /** Whether the client of the connection is a trusted proxy. */
    public boolean isProxy() {
        return isProxy(peer);
    }

    private boolean isProxy(InetAddress address) {
        for (Cidr each : proxies) {
            if (each.contains(address)) {
                return true;
            }
        }
        return false;
    }

    /** The client of a request. */
    public InetAddress of(Fields request) {
        if (!request.has(Field.X_FORWARDED_FOR) || !isProxy(peer)) {
            return peer;
        }
        InetAddress nearest = peer;
        for (String line : request.all(Field.X_FORWARDED_FOR).reversed()) {
            int end = line.length();
            while (end >= 0) {
                int comma = line.lastIndexOf(',', end - 1);
                String hop = line.substring(comma + 1, end).strip();
                end = comma;
                if (!hop.isEmpty()) {
                    InetAddress address = address(hop);
                    if (address == null) {
                        return nearest;
                    }
                    nearest = address;
                    if (!isProxy(address)) {
                        return address;
                    }
                }
            }
        }
        return nearest;
    }

    /** With or without a port, which some proxies write; null if it is none. */
    private static @Nullable InetAddress address(String hop) {
        if (hop.length() > MOST_CHARS) {
            return null;
        }
        int bracket = hop.indexOf(']');
        int colon = hop.indexOf(':');
        String text = hop;
        if (hop.charAt(0) == '[' && bracket > 0) {
            text = hop.substring(1, bracket);
        } else if (colon >= 0 && colon == hop.lastIndexOf(':')) {
            text = hop.substring(0, colon);
        }
        return Cidr.literal(text);
    }
}
