/**
 * The demo's upstream: plain HTTP/1.1 on loopback, with bodies of any size whose bytes are always the same. It is not
 * part of the proxy and does not depend on it.
 */
@NullMarked
package io.offramp.app.demo;

import org.jspecify.annotations.NullMarked;
