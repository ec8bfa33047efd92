/** What both halves of a session have in common. */
@NullMarked
package io.offramp.offload.device.driver.session;

import org.jspecify.annotations.NullMarked;
