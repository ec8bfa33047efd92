/** Tests of frames. */
@NullMarked
package io.offramp.proxy.http2.frame;

import org.jspecify.annotations.NullMarked;
