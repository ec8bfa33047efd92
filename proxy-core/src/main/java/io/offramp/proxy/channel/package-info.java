/** What connections on both sides share: ends in order and by reset, write bursts, deadlines, splices. */
@NullMarked
package io.offramp.proxy.channel;

import org.jspecify.annotations.NullMarked;
