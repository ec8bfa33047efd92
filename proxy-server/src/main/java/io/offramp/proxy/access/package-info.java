/**
 * The access log: one line per request or TCP connection, with the offload state of its connection. Event loops write
 * lines into blocks of their own ({@link io.offramp.proxy.access.LoopLines}); one thread per destination takes them
 * from there ({@link io.offramp.proxy.access.LogWriter}).
 */
@NullMarked
package io.offramp.proxy.access;

import org.jspecify.annotations.NullMarked;
