/**
 * The servers behind the proxy: their groups, their health, and the streams that exchanges get to them. A connection
 * belongs to the event loop of the client that it serves and is kept for other clients of that loop, so nothing here
 * takes a lock.
 */
@NullMarked
package io.offramp.proxy.upstream;

import org.jspecify.annotations.NullMarked;
