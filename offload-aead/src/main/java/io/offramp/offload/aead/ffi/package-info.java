/** What the engines over native libraries share: finding a library, calls, memory by address, streams. */
@NullMarked
package io.offramp.offload.aead.ffi;

import org.jspecify.annotations.NullMarked;
