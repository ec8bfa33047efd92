/** What handshakes compute with: groups, suites, signatures, secrets, and the tap that hands over the record keys. */
@NullMarked
package io.offramp.proxy.handshake.crypto;

import org.jspecify.annotations.NullMarked;
