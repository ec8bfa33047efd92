/**
 * Shared parts of the targets of coverage-guided fuzzing. {@code scripts/fuzz} runs them;
 * {@link io.offramp.offload.tck.fuzz.FuzzCorpus} replays the found inputs.
 */
@NullMarked
package io.offramp.offload.tck.fuzz;

import org.jspecify.annotations.NullMarked;
