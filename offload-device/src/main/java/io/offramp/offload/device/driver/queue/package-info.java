/** Posting WQEs and dispatching completions. */
@NullMarked
package io.offramp.offload.device.driver.queue;

import org.jspecify.annotations.NullMarked;
