/**
 * A window into the device: a capture of what crosses between driver and device, in plaintext, and of what is on the
 * wire, in one pcapng file with the secrets that the wire's side needs. Sees connections from their first byte. Only
 * where it is asked for; then it costs copies, checksums and text, and an event loop never waits for the file.
 */
@NullMarked
package io.offramp.offload.device.capture;

import org.jspecify.annotations.NullMarked;
