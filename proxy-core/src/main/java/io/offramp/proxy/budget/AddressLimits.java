package io.offramp.proxy.budget;

/**
 * What the clients of one address may have at once, of all listeners together. Off unless configured: behind a
 * carrier's NAT or a load balancer thousands share an address.
 *
 * @param connections open connections; 0 for no limit
 * @param handshakes handshakes under way; 0 for no limit
 */
public record AddressLimits(int connections, int handshakes) {
    /** What holds where nothing is configured. */
    public static final AddressLimits NONE = new AddressLimits(0, 0);
}
