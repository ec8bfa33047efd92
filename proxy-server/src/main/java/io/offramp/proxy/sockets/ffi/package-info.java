/** What the C library can do with a descriptor and Netty cannot. */
@NullMarked
package io.offramp.proxy.sockets.ffi;

import org.jspecify.annotations.NullMarked;
