/** The memory of the process, the part that clients may take, and the shedding if they take too much. */
@NullMarked
package io.offramp.proxy.budget;

import org.jspecify.annotations.NullMarked;
