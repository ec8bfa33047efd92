/**
 * A TLS session after its handshake: handover to record backends, alerts, close_notify, KeyUpdate, and the policy that
 * moves directions.
 */
@NullMarked
package io.offramp.proxy.session;

import org.jspecify.annotations.NullMarked;
