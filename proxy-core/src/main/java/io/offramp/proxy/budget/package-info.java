/** How much memory there is, how much of it clients may take, and what is given up where they take too much. */
@NullMarked
package io.offramp.proxy.budget;

import org.jspecify.annotations.NullMarked;
