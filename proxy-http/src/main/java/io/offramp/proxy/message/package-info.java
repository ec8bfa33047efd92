/**
 * Heads and fields as all versions of HTTP have them: one array of bytes and an index of what is in it. Forwarding
 * copies bytes; strings are made only of what a proxy has to understand.
 */
@NullMarked
package io.offramp.proxy.message;

import org.jspecify.annotations.NullMarked;
