/** JMH benches. Run them with {@code bench/jmh}; a path to measure has a baseline beside it. */
@NullMarked
package io.offramp.bench;

import org.jspecify.annotations.NullMarked;
