/** Values of a finished handshake, for the session, logs and pages. Free of the engine. */
@NullMarked
package io.offramp.proxy.tls;

import org.jspecify.annotations.NullMarked;
