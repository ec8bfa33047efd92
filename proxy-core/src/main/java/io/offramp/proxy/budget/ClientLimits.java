package io.offramp.proxy.budget;

/**
 * Bounds on clients, over all listeners.
 *
 * @param connections open client connections; further ones are closed at once; 0 to derive it from the memory
 * @param handshakes handshakes under way, shared evenly by the event loops; at the limit a new one replaces the oldest
 *     with a silent client, else the oldest; 0 to derive it from the memory
 * @param perAddress bounds of the clients of one address
 */
public record ClientLimits(int connections, int handshakes, AddressLimits perAddress) {
    /** The default. */
    public static final ClientLimits DEFAULTS = new ClientLimits(0, 0, AddressLimits.NONE);
}
