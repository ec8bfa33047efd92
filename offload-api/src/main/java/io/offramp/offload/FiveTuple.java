package io.offramp.offload;

import java.net.InetSocketAddress;

/**
 * What a steering rule matches: a TCP connection, seen from us. The protocol is always TCP.
 *
 * @param local our end
 * @param remote the peer's end
 */
public record FiveTuple(InetSocketAddress local, InetSocketAddress remote) {}
