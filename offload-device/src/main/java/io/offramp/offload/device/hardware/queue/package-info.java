/**
 * Work and completion queues: the rings between driver and device, and the layouts of what lies in them. All fields are
 * big endian; a work queue is counted in basic blocks of 64 bytes (WQEBB).
 */
@NullMarked
package io.offramp.offload.device.hardware.queue;

import org.jspecify.annotations.NullMarked;
