package io.offramp.proxy.handshake.client;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The name or the address that a server's certificate must have (RFC 9525).
 *
 * @param text a name in lower case without a dot at its end, or an address as written
 * @param address null for a name
 */
public record PeerName(String text, @Nullable InetAddress address) {
    /** Reads a host as configured. */
    public static PeerName of(String host) {
        InetAddress address = NetUtil.createInetAddressFromIpAddressString(host);
        String lower = host.toLowerCase(Locale.ROOT);
        String name = address == null && lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
        return new PeerName(name, address);
    }

    /** The name for SNI; null for an address, which has none (RFC 6066 §3). */
    public @Nullable String sni() {
        return address == null ? text : null;
    }

    @Override
    public String toString() {
        return text;
    }
}
