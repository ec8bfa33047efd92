/** What this module asks of Linux, and how Linux says no. Only the calls, not how they are made. */
@NullMarked
package io.offramp.offload.ktls.kernel;

import org.jspecify.annotations.NullMarked;
