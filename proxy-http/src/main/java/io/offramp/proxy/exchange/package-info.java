/** What the proxy does with one request and its answer, whatever protocol carries them. */
@NullMarked
package io.offramp.proxy.exchange;

import org.jspecify.annotations.NullMarked;
