/** The output of {@code offramp sessions}: the connections of a running proxy. */
@NullMarked
package io.offramp.app.sessions;

import org.jspecify.annotations.NullMarked;
