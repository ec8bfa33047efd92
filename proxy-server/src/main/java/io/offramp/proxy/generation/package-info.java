/**
 * A checked configuration, made ready to serve: one immutable value behind one reference. Connections and requests only
 * read it; a new configuration becomes the next generation.
 */
@NullMarked
package io.offramp.proxy.generation;

import org.jspecify.annotations.NullMarked;
