package io.offramp.proxy.budget;

/**
 * Limits for the clients of one address, over all listeners. Off by default: behind a carrier's NAT or a load balancer
 * thousands share an address.
 *
 * @param connections open connections; 0 for no limit
 * @param handshakes handshakes under way; 0 for no limit
 */
public record AddressLimits(int connections, int handshakes) {
    /** The default. */
    public static final AddressLimits NONE = new AddressLimits(0, 0);
}
