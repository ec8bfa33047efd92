/** The handshake itself: Bouncy Castle's server protocol, what it accepts and chooses, and its Netty handler. */
@NullMarked
package io.offramp.proxy.handshake.engine;

import org.jspecify.annotations.NullMarked;
