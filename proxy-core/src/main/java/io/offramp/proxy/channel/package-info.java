/** Parts of connections on both sides: ends in order and by reset, write bursts, deadlines, splices. */
@NullMarked
package io.offramp.proxy.channel;

import org.jspecify.annotations.NullMarked;
