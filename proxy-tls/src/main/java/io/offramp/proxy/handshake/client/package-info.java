/** Authentication of peers: what clients are asked for, and how certificates of clients and servers are verified. */
@NullMarked
package io.offramp.proxy.handshake.client;

import org.jspecify.annotations.NullMarked;
