/** The counters of the driver. */
@NullMarked
package io.offramp.offload.device.driver.counter;

import org.jspecify.annotations.NullMarked;
