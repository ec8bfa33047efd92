/** Load that a proxy gives itself, so that its code is hot before clients come, and recorded when it is trained. */
@NullMarked
package io.offramp.proxy.warmup;

import org.jspecify.annotations.NullMarked;
