/**
 * Pools of device objects, so that an install needs no command where the pool is warm. Simpler than mlx5's: a TIS pool
 * that is empty makes one object and no reserve behind it, and bulks of DEK are kept until the device closes.
 */
@NullMarked
package io.offramp.offload.device.driver.pool;

import org.jspecify.annotations.NullMarked;
