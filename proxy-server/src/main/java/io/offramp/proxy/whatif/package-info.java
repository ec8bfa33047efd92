/**
 * Simulates a device for recorded traffic: its contexts, installs and load over a capture of sessions, for each policy.
 * Uses the running proxy's own {@link io.offramp.proxy.session.AutoPolicy}, and the capabilities and the capacity that
 * a backend states. A session is an even flow between its start and its end, because a capture has no more detail.
 */
@NullMarked
package io.offramp.proxy.whatif;

import org.jspecify.annotations.NullMarked;
