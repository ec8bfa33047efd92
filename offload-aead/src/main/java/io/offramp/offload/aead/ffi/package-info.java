/** What the engines over native libraries share: finding a library, and memory by address. */
@NullMarked
package io.offramp.offload.aead.ffi;

import org.jspecify.annotations.NullMarked;
