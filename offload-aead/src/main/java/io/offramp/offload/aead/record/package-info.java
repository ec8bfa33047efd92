/**
 * The record codec: protects and opens whole TLS records with one key. Knows a key and a sequence, nothing of
 * connections, so that a software backend and the software half of a device backend share it; with the two things that
 * every session needs around it, {@link io.offramp.offload.aead.record.PartialRecord} and
 * {@link io.offramp.offload.aead.record.Require}.
 */
@NullMarked
package io.offramp.offload.aead.record;

import org.jspecify.annotations.NullMarked;
