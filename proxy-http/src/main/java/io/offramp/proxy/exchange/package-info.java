/**
 * One request and its answer, independent of the protocol that carries them. An
 * {@link io.offramp.proxy.exchange.Exchange} stands between a client's stream and a server's, and knows neither sockets
 * nor bytes of HTTP/1.
 */
@NullMarked
package io.offramp.proxy.exchange;

import org.jspecify.annotations.NullMarked;
