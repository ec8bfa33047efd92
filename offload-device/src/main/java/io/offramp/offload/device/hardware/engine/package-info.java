/**
 * The device at work: reads WQEs, follows records through the payload, and encrypts or decrypts them. Trusts nothing
 * but the bytes of WQEs and packets and the contexts that they name.
 *
 * <p>Limit of the model: whole records. A run of payload that ends in mid-record is refused (TX) or delivered
 * undecrypted (RX), where the real device keeps the state of a partial record. The driver posts and presents whole
 * records.
 */
@NullMarked
package io.offramp.offload.device.hardware.engine;

import org.jspecify.annotations.NullMarked;
