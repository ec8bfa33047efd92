/** Sessions that come back: tickets, their keys, and the sessions of TLS 1.2 that are kept. */
@NullMarked
package io.offramp.proxy.handshake.ticket;

import org.jspecify.annotations.NullMarked;
