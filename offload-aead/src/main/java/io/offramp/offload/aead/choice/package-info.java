/** Which engine takes which suite: those present are timed at the start, and the fastest correct one is taken. */
@NullMarked
package io.offramp.offload.aead.choice;

import org.jspecify.annotations.NullMarked;
