/**
 * The servers behind the proxy: groups of them, which of them answer, and connections to them. Connections belong to
 * the event loop of the client that they serve and are kept for others of that loop, so nothing here takes a lock.
 */
@NullMarked
package io.offramp.proxy.upstream;

import org.jspecify.annotations.NullMarked;
