/**
 * Heads and fields in one form for all versions of HTTP: an array of bytes and an index of its parts. Forwarding copies
 * bytes; strings are made only of parts that a proxy has to understand.
 */
@NullMarked
package io.offramp.proxy.message;

import org.jspecify.annotations.NullMarked;
