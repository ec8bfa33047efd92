/** Faults: one sealed tree, in which each leaf fixes what follows. An expected refusal is a value instead. */
@NullMarked
package io.offramp.offload.error;

import org.jspecify.annotations.NullMarked;
