/**
 * The record codec: protects and opens whole TLS records with one key. Knows a key and a sequence, nothing of
 * connections, so that a software backend and the software half of a device backend share it.
 */
@NullMarked
package io.offramp.offload.aead.record;

import org.jspecify.annotations.NullMarked;
