/** Packets: their headers as bytes, what steering reads from them, and how a large send becomes many. */
@NullMarked
package io.offramp.offload.device.hardware.packet;

import org.jspecify.annotations.NullMarked;
