/** The PROXY protocol, versions 1 and 2 (HAProxy, doc/proxy-protocol.txt): a proxy names the client that it serves. */
@NullMarked
package io.offramp.proxy.net.proxyprotocol;

import org.jspecify.annotations.NullMarked;
