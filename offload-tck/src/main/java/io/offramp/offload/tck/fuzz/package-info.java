/**
 * What the targets of coverage-guided fuzzing share. {@code scripts/fuzz} runs them;
 * {@link io.offramp.offload.tck.fuzz.FuzzCorpus} replays what was found.
 */
@NullMarked
package io.offramp.offload.tck.fuzz;

import org.jspecify.annotations.NullMarked;
