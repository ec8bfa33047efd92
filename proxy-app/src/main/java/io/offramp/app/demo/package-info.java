/**
 * The demo's upstream: plain HTTP/1.1 on loopback, with bodies of any size whose bytes are always the same. Not part of
 * the proxy, and knows nothing of it.
 */
@NullMarked
package io.offramp.app.demo;

import org.jspecify.annotations.NullMarked;
