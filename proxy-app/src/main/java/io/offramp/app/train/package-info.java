/**
 * The training run for the JVM's ahead-of-time cache: a proxy of its own, and a load that uses the code of a first
 * request.
 */
@NullMarked
package io.offramp.app.train;

import org.jspecify.annotations.NullMarked;
