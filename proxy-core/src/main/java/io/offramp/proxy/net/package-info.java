/** Values of the network: addresses and ranges of them, as configuration writes them. */
@NullMarked
package io.offramp.proxy.net;

import org.jspecify.annotations.NullMarked;
