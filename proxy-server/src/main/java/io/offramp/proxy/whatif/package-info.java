/**
 * What a device would do for traffic that was seen: a simulation of its contexts, installs and load over a capture of
 * sessions, for each policy. Uses the running proxy's own {@link io.offramp.proxy.session.AutoPolicy}, and the
 * capabilities and the capacity that a backend says of itself. Knows sessions as even flows between their start and
 * their end, since a capture has no more of them.
 */
@NullMarked
package io.offramp.proxy.whatif;

import org.jspecify.annotations.NullMarked;
