/** What the driver counts. */
@NullMarked
package io.offramp.offload.device.driver.counter;

import org.jspecify.annotations.NullMarked;
