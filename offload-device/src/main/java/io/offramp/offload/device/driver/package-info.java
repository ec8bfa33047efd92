/**
 * The driver half: turns sessions of the contract into objects, WQEs and packets of the device, and does in software
 * what the device did not do. Each event loop has queues of its own ({@link
 * io.offramp.offload.device.driver.queue.DeviceChannel}), so that the path of a record has no lock.
 *
 * <p>The host's kernel owns the real TCP: a connection's byte position modulo 2^32 plays the TCP sequence. Bytes that
 * were read from the socket are presented to the device as packets, cut so that each holds whole records; the partial
 * record at the end of a read waits on the host. That is a limit of the model, whose real counterpart keeps the state
 * of a partial record itself.
 *
 * <p>Fallback is for good. A send that the device failed is made again in software, the same bytes under the same
 * sequences, since some of it may have left; a packet that it did not decrypt is opened in software, whose word alone
 * makes an authentication failure. Then the session gives its objects back and goes on in software. As in the kernel,
 * it still counts as a device session ({@code tls_curr_tx_device}, {@code tls_curr_rx_device}); {@code tx_tls_degraded}
 * and {@code rx_tls_degraded} say how many have gone.
 */
@NullMarked
package io.offramp.offload.device.driver;

import org.jspecify.annotations.NullMarked;
