/** A connection before its first byte: pauses when descriptors or buffers run out. */
@NullMarked
package io.offramp.proxy.accept;

import org.jspecify.annotations.NullMarked;
