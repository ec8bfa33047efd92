/**
 * The hardware half: a model of a ConnectX-style NIC with TLS offload. Knows its tables, its queues and the packets,
 * and nothing of sessions, channels or the contract; the driver half reaches it through commands (tables), doorbells
 * (queues) and the wire.
 */
@NullMarked
package io.offramp.offload.device.hardware;

import org.jspecify.annotations.NullMarked;
