/**
 * Linux kernel TLS as a backend: the keys of a direction are given to the socket, and from then on plaintext is written
 * to it, or read from it. Whether the kernel does the work itself or a NIC behind it is the kernel's to decide and ours
 * to read back.
 *
 * <p>The kernel never gives a direction back: a session that is here stays until its connection ends.
 */
@NullMarked
package io.offramp.offload.ktls;

import org.jspecify.annotations.NullMarked;
