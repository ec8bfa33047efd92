/**
 * TIS and TIR contexts: what the device knows of one direction of one connection, and the layouts in which it is told.
 * All fields are big endian.
 */
@NullMarked
package io.offramp.offload.device.hardware.context;

import org.jspecify.annotations.NullMarked;
