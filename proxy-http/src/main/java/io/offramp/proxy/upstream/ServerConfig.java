package io.offramp.proxy.upstream;

import io.offramp.proxy.net.ServerAddress;

/**
 * One server of an upstream.
 *
 * @param address where it is
 * @param weight its share of the requests in relation to others, from 1 on
 * @param priority servers with a higher number get requests while none with a lower one takes any
 */
public record ServerConfig(ServerAddress address, int weight, int priority) {
    /** Of a server that stands in for the others. */
    public static final int BACKUP = 100;

    /** With weight 1, among the first. */
    public ServerConfig(ServerAddress address) {
        this(address, 1, 0);
    }
}
