/**
 * TIS and TIR contexts: the device's knowledge of one direction of one connection, and the layouts in which it arrives.
 * All fields are big endian.
 */
@NullMarked
package io.offramp.offload.device.hardware.context;

import org.jspecify.annotations.NullMarked;
