/**
 * Backend {@code device}: a model of a ConnectX-style NIC with TLS offload ({@link
 * io.offramp.offload.device.hardware}) and the driver that talks to it ({@link io.offramp.offload.device.driver}).
 * The two halves meet at queues, tables and the wire, and nowhere else.
 */
@NullMarked
package io.offramp.offload.device;

import org.jspecify.annotations.NullMarked;
