/**
 * What the targets of coverage-guided fuzzing share. {@code scripts/fuzz} runs them; {@code FuzzCorpusTest} replays
 * what was found.
 */
@NullMarked
package io.offramp.proxy.fuzz;

import org.jspecify.annotations.NullMarked;
