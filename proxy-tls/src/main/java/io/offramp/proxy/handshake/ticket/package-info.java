/** Resumption: tickets, their keys, and the TLS 1.2 sessions that are kept. */
@NullMarked
package io.offramp.proxy.handshake.ticket;

import org.jspecify.annotations.NullMarked;
