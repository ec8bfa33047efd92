/** Bytes both ways between a client and a server, once neither side speaks in messages any more. */
@NullMarked
package io.offramp.proxy.tunnel;

import org.jspecify.annotations.NullMarked;
