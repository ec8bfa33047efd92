/**
 * The software backend: records protected and opened by the host CPU, on the channel's event loop, without leaving the
 * caller's stack.
 */
@NullMarked
package io.offramp.offload.sw;

import org.jspecify.annotations.NullMarked;
