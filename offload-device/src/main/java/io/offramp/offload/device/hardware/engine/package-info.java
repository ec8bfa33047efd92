/**
 * The device at work: reads WQEs, follows records through the payload, and encrypts or decrypts them. Trusts nothing
 * but the bytes of WQEs and packets and the contexts that they name.
 *
 * <p>A record may start and end in any packet: a context keeps where in a record it stands
 * ({@link io.offramp.offload.device.hardware.context.RecordCursor}). One that lies in a packet as a whole takes a
 * shorter way.
 */
@NullMarked
package io.offramp.offload.device.hardware.engine;

import org.jspecify.annotations.NullMarked;
