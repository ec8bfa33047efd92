/** What a finished handshake hands to the session, and what logs and pages show of it. Nothing of the engine. */
@NullMarked
package io.offramp.proxy.tls;

import org.jspecify.annotations.NullMarked;
