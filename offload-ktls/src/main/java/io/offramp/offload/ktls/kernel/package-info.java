/** The calls that this module makes to Linux, and their errors. Interfaces only. */
@NullMarked
package io.offramp.offload.ktls.kernel;

import org.jspecify.annotations.NullMarked;
