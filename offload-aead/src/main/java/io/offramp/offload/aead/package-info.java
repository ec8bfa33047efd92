/**
 * Authenticated encryption over the buffers that Netty reads into and writes from. Knows keys, nonces and bytes,
 * nothing of records.
 */
@NullMarked
package io.offramp.offload.aead;

import org.jspecify.annotations.NullMarked;
