package io.offramp.proxy.upstream.pool;

import io.offramp.proxy.upstream.UpstreamProtocol;

/** The protocols towards servers, by what an upstream is configured to speak. Thread-safe. */
@FunctionalInterface
public interface Protocols {
    /** The protocol of connections to such servers. */
    Protocol of(UpstreamProtocol spoken);
}
