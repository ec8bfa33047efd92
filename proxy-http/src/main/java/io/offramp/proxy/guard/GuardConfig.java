package io.offramp.proxy.guard;

import org.jspecify.annotations.Nullable;

/**
 * Who may make requests of a route. All parts must agree, in this order; null for no condition.
 *
 * @param addresses of clients
 * @param certificate of clients
 * @param basicAuth users with passwords
 * @param forwardAuth the word of another server
 */
public record GuardConfig(
        @Nullable AddressList addresses,
        @Nullable CertificateCondition certificate,
        @Nullable BasicAuthConfig basicAuth,
        @Nullable ForwardAuthConfig forwardAuth) {
    /** Everybody. */
    public static final GuardConfig NONE = new GuardConfig(null, null, null, null);
}
