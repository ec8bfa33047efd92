/**
 * TLS handshakes by Bouncy Castle, and the certificates for them. The only package that imports
 * {@code org.bouncycastle}.
 */
@NullMarked
package io.offramp.proxy.handshake;

import org.jspecify.annotations.NullMarked;
