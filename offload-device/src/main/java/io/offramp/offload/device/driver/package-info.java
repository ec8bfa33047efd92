/**
 * The driver half: turns sessions of the contract into objects, WQEs and packets of the device, and does in software
 * what the device did not do. Each event loop has queues of its own ({@link
 * io.offramp.offload.device.driver.queue.DeviceChannel}), so that the path of a record has no lock.
 *
 * <p>The host's kernel owns the real TCP: a connection's byte position modulo 2^32 plays the TCP sequence. Bytes that
 * were read from the socket are presented to the device as packets, cut so that each holds whole records; the partial
 * record at the end of a read waits on the host. That is a limit of the model, whose real counterpart keeps the state
 * of a partial record itself.
 */
@NullMarked
package io.offramp.offload.device.driver;

import org.jspecify.annotations.NullMarked;
