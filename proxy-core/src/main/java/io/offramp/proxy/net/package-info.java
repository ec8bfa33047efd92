/** Network addresses and ranges of them, as a configuration writes them. */
@NullMarked
package io.offramp.proxy.net;

import org.jspecify.annotations.NullMarked;
