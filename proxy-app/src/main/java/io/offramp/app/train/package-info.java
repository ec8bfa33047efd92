/**
 * The training run that the JVM's ahead-of-time cache is made from: a proxy of its own, and a load that uses what a
 * first request needs.
 */
@NullMarked
package io.offramp.app.train;

import org.jspecify.annotations.NullMarked;
