/**
 * The driver half: turns sessions of the contract into objects, WQEs and packets of the device, and does in software
 * what the device did not do. Each event loop has queues of its own
 * ({@link io.offramp.offload.device.driver.queue.DeviceChannel}), so that the path of a record has no lock.
 *
 * <p>The host's kernel owns the real TCP: a connection's byte position modulo 2^32 plays the TCP sequence. What was
 * read from the socket is presented to the device as packets, cut where the reads were cut; what is sent is handed over
 * by reference and counts as acknowledged when the device has let it out. Where faults are configured, a TCP of the
 * model runs in between ({@link io.offramp.offload.device.wire}): then records are kept until they are acknowledged,
 * packets are sent again in any part, and both halves lose and regain the position.
 *
 * <p>A send that the device failed is made again in software, the same bytes under the same sequences, since some of it
 * may have left, and the device gets its position anew. A packet that it did not decrypt is opened in software, whose
 * word alone makes an authentication failure. A session gives the device back for good when that is down, when sends
 * fail or params are refused again and again, each time for a cause of its own, when it leaves too many records in a
 * row to the host, or when it has no room for the next key. As in the kernel, it still counts as a device session then
 * ({@code tls_curr_tx_device}, {@code tls_curr_rx_device}); {@code tx_tls_degraded} and {@code rx_tls_degraded} say how
 * many have gone.
 *
 * <p>What the device has for params is known from completions alone: after a failure it gets all of them anew. TIS, TIR
 * and DEK are given back with the last WQE or packet that names them, however the session ended; a steering rule goes
 * first.
 */
@NullMarked
package io.offramp.offload.device.driver;

import org.jspecify.annotations.NullMarked;
