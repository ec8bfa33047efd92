/** Names of servers: looked up by DNS again and again, while requests use the last good answer. */
@NullMarked
package io.offramp.proxy.upstream.resolve;

import org.jspecify.annotations.NullMarked;
