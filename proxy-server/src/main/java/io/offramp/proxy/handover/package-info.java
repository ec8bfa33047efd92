/** One process takes the place of another: the conversation of the two over a Unix socket. */
@NullMarked
package io.offramp.proxy.handover;

import org.jspecify.annotations.NullMarked;
