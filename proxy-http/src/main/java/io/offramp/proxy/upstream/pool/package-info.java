/**
 * Connections to servers that outlive a request: their number, the free ones, and the requests that wait for one. Hands
 * out leases; independent of the protocol.
 */
@NullMarked
package io.offramp.proxy.upstream.pool;

import org.jspecify.annotations.NullMarked;
