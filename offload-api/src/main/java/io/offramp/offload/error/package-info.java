/** Faults: one sealed tree in which each leaf fixes what happens next. An expected "no" is a value instead. */
@NullMarked
package io.offramp.offload.error;

import org.jspecify.annotations.NullMarked;
