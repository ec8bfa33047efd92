/** System calls of the sandbox, through {@code java.lang.foreign}. */
@NullMarked
package io.offramp.proxy.sandbox.ffi;

import org.jspecify.annotations.NullMarked;
