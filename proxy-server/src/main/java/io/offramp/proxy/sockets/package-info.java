/** Listening sockets and where they come from, and the service manager that may have opened them. */
@NullMarked
package io.offramp.proxy.sockets;

import org.jspecify.annotations.NullMarked;
