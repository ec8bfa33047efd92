/**
 * How much the device does, as far as configuration limits it: installs and load that it declines, and the time that
 * its work takes. Independent of the driver and of the hardware, which do the work however much it is; the clock is the
 * caller's, so that tests need no time of their own.
 */
@NullMarked
package io.offramp.offload.device.capacity;

import org.jspecify.annotations.NullMarked;
