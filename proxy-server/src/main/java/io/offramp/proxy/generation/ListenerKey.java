package io.offramp.proxy.generation;

import io.offramp.proxy.net.HostPort;

/**
 * Stands for one listening socket in all generations: the address stays, whatever else of the listener changes.
 *
 * @param bind as configured
 * @param nth among the listeners of this address, from 0 on; above 0 only where the system chooses the port
 */
public record ListenerKey(HostPort bind, int nth) {
    @Override
    public String toString() {
        return bind.toString();
    }
}
