/** Listeners, event loops and the wiring of a running proxy. */
@NullMarked
package io.offramp.proxy.server;

import org.jspecify.annotations.NullMarked;
