/**
 * The record codec: protects and opens whole TLS records with one key. It knows a key and a sequence, and nothing of
 * connections. So a software backend and the software half of a device backend share it.
 * {@link io.offramp.offload.aead.record.PartialRecord} holds what a read has cut.
 */
@NullMarked
package io.offramp.offload.aead.record;

import org.jspecify.annotations.NullMarked;
