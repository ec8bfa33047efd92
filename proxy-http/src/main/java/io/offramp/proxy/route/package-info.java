/** Finds the route of a request. Knows requests and upstreams, neither exchanges nor connections. */
@NullMarked
package io.offramp.proxy.route;

import org.jspecify.annotations.NullMarked;
