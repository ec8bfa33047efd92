package io.offramp.proxy.guard;

import java.time.Duration;

/**
 * Users log in by name and password (RFC 7617).
 *
 * @param realm that clients show to their users
 * @param logins read from the file
 * @param remember how long a right login needs no further check
 */
public record BasicAuthConfig(String realm, Logins logins, Duration remember) {}
