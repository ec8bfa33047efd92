/** How often clients may make requests, and how much they may move. */
@NullMarked
package io.offramp.proxy.rate;

import org.jspecify.annotations.NullMarked;
