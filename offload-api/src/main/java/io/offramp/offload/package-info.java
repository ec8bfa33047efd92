/**
 * The contract between the proxy and a record-offload backend: a backend says what it can do, takes over one direction
 * of one connection at a time, and gives it back when asked.
 */
@NullMarked
package io.offramp.offload;

import org.jspecify.annotations.NullMarked;
