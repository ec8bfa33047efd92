/** The sending half of the driver. */
@NullMarked
package io.offramp.offload.device.driver.tx;

import org.jspecify.annotations.NullMarked;
