/** One request and its answer, independent of the protocol that carries them. */
@NullMarked
package io.offramp.proxy.exchange;

import org.jspecify.annotations.NullMarked;
