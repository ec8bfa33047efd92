/** Key material that travels from the handshake to a backend, and back. */
@NullMarked
package io.offramp.offload.key;

import org.jspecify.annotations.NullMarked;
