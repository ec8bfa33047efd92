/**
 * Intel's Multi-Buffer Crypto for IPsec library, libIPSec_MB, through {@code java.lang.foreign} on the memory of direct
 * buffers. It is optional. Its AES-GCM takes one call per record and uses the widest vectors of the CPU, VAES among
 * them.
 *
 * <p>Only version 1.3 is taken: the sizes of its structures and the places of two pointers are written here, and no
 * function checks its arguments.
 */
@NullMarked
package io.offramp.offload.aead.ipsecmb;

import org.jspecify.annotations.NullMarked;
