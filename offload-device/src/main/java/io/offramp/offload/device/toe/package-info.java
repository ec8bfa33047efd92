/**
 * The device as a TCP offload engine with TLS, {@code hw-record}: it owns listener, TCP session, handshake and records
 * on threads of its own, and {@link io.offramp.offload.device.toe.PlaintextChannel} is what the host sees of a
 * connection. Two lanes per connection carry buffers by reference between a device thread and an event loop of the
 * host, each with one wake-up per burst. What the real device does in firmware and silicon are ordinary handlers here,
 * and its TCP is that of the host's kernel.
 */
@NullMarked
package io.offramp.offload.device.toe;

import org.jspecify.annotations.NullMarked;
