/** Bytes both ways between a client and a server, after the end of messages. */
@NullMarked
package io.offramp.proxy.tunnel;

import org.jspecify.annotations.NullMarked;
