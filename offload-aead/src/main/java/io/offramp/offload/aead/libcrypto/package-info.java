/**
 * The AEAD of OpenSSL 3's libcrypto, called through {@code java.lang.foreign} on the memory of direct buffers.
 *
 * <p>A record costs five calls. Addresses are plain {@code long}s, so that no memory segment is made per call. The
 * calls that do a fixed and small amount of work are {@link java.lang.foreign.Linker.Option#critical critical}: they
 * keep a safepoint waiting for less than a microsecond. The call that works through the bytes is critical for short
 * records only.
 */
@NullMarked
package io.offramp.offload.aead.libcrypto;

import org.jspecify.annotations.NullMarked;
