/** Connections to servers as bytes: opened, written, read, spliced, ended. Independent of their meaning. */
@NullMarked
package io.offramp.proxy.upstream.transport;

import org.jspecify.annotations.NullMarked;
