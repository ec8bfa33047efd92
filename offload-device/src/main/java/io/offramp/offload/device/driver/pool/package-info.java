/** Pools of device objects, so that an install needs no command where the pool is warm. */
@NullMarked
package io.offramp.offload.device.driver.pool;

import org.jspecify.annotations.NullMarked;
