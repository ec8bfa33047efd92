/** Things that the two directions of a session share. */
@NullMarked
package io.offramp.offload.device.driver.session;

import org.jspecify.annotations.NullMarked;
