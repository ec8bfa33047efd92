/** Firmware: the commands that make, change and destroy objects, and the time that they take. */
@NullMarked
package io.offramp.offload.device.hardware.firmware;

import org.jspecify.annotations.NullMarked;
