/** Connections to servers as bytes: opened, written, read, spliced, ended. Knows nothing of what the bytes mean. */
@NullMarked
package io.offramp.proxy.upstream.transport;

import org.jspecify.annotations.NullMarked;
