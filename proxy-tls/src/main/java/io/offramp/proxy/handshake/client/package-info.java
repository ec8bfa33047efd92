/** Client authentication: what clients are asked for, and how their certificates are verified. */
@NullMarked
package io.offramp.proxy.handshake.client;

import org.jspecify.annotations.NullMarked;
