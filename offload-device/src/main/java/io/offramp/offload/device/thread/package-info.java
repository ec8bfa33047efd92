/**
 * The device's own threads: how they are named, and what they cost. No hardware of the real device is modelled by them.
 */
@NullMarked
package io.offramp.offload.device.thread;

import org.jspecify.annotations.NullMarked;
