/** Tests of field lists, through the codec's HPACK. */
@NullMarked
package io.offramp.proxy.http2;

import org.jspecify.annotations.NullMarked;
