/** The access log: one line per request or TCP connection, with the offload state of its connection. */
@NullMarked
package io.offramp.proxy.access;

import org.jspecify.annotations.NullMarked;
