/** What the C library can do with a thread and the JVM cannot. */
@NullMarked
package io.offramp.proxy.warmup.ffi;

import org.jspecify.annotations.NullMarked;
