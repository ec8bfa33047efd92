/** The cryptography of handshakes: groups, suites, signatures, secrets, and the tap that hands over record keys. */
@NullMarked
package io.offramp.proxy.handshake.crypto;

import org.jspecify.annotations.NullMarked;
