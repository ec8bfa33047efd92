/** Counters that backends publish, under the kernel's names where the meaning is the kernel's. */
@NullMarked
package io.offramp.offload.counter;

import org.jspecify.annotations.NullMarked;
