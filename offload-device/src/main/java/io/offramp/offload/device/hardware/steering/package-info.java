/** Steering: which packets of the wire go to which TIR. */
@NullMarked
package io.offramp.offload.device.hardware.steering;

import org.jspecify.annotations.NullMarked;
