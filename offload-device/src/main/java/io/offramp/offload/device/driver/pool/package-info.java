/**
 * Pools of device objects, so that an install needs no command where the pool is warm: TIS between a low and a high
 * mark, refilled in bulks behind the installs; DEK made in bulks of 4,096 and reused after a sync. Simpler than mlx5's:
 * bulks of DEK are kept until the device closes.
 */
@NullMarked
package io.offramp.offload.device.driver.pool;

import org.jspecify.annotations.NullMarked;
