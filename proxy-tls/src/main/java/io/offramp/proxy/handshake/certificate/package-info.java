/** The server's certificates and keys: files, what is checked of them, and the choice of one for a name. */
@NullMarked
package io.offramp.proxy.handshake.certificate;

import org.jspecify.annotations.NullMarked;
