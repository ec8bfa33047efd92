/** Numbers for objects: lock-free free lists, used by the device for its tables and by the driver for its pools. */
@NullMarked
package io.offramp.offload.device.index;

import org.jspecify.annotations.NullMarked;
