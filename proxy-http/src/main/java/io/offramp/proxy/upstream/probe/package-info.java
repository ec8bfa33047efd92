/** Checks of servers, over connections of their own. */
@NullMarked
package io.offramp.proxy.upstream.probe;

import org.jspecify.annotations.NullMarked;
