/** TCP behind TLS: bytes both ways between a client and a server of one upstream. */
@NullMarked
package io.offramp.proxy.tcp;

import org.jspecify.annotations.NullMarked;
