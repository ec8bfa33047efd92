/**
 * The system calls that kernel TLS needs and Netty does not have. The only package of this module that knows foreign
 * memory.
 */
@NullMarked
package io.offramp.offload.ktls.ffi;

import org.jspecify.annotations.NullMarked;
