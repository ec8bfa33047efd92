/**
 * The flow of requests and answers through the proxy, without sockets and in a time of its own:
 * {@link io.offramp.proxy.flow.ProxyUnderTest} knows bytes only, {@link io.offramp.proxy.flow.Handlers} puts today's
 * handlers behind it.
 */
@NullMarked
package io.offramp.proxy.flow;

import org.jspecify.annotations.NullMarked;
