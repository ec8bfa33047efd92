/** How {@code offramp whatif} prints what a simulation has found. */
@NullMarked
package io.offramp.app.whatif;

import org.jspecify.annotations.NullMarked;
