/**
 * The rules of a route: what happens to a request between its route and its server, and to the answer on its way back.
 * Knows messages and clients, neither exchanges nor connections to servers.
 */
@NullMarked
package io.offramp.proxy.rule;

import org.jspecify.annotations.NullMarked;
