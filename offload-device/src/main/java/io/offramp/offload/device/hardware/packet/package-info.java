/** Packets: their headers as bytes, and what steering reads from them. */
@NullMarked
package io.offramp.offload.device.hardware.packet;

import org.jspecify.annotations.NullMarked;
