/** The output of {@code offramp whatif}: the results of a simulation. */
@NullMarked
package io.offramp.app.whatif;

import org.jspecify.annotations.NullMarked;
