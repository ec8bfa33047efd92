/** The receiving half of the driver. */
@NullMarked
package io.offramp.offload.device.driver.rx;

import org.jspecify.annotations.NullMarked;
