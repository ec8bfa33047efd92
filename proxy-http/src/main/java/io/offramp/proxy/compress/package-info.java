/** Compression of answers on their way to clients. */
@NullMarked
package io.offramp.proxy.compress;

import org.jspecify.annotations.NullMarked;
