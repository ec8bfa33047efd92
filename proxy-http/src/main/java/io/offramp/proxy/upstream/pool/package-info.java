/**
 * Connections to servers that outlive a request: how many there are, which are free, who waits for one. Hands out
 * leases; knows nothing of what protocol they speak.
 */
@NullMarked
package io.offramp.proxy.upstream.pool;

import org.jspecify.annotations.NullMarked;
