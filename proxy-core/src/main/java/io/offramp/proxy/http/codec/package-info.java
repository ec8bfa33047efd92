/**
 * HTTP/1.1 messages out of bytes: Netty's decoders, driven step by step, behind a check of what they let pass (RFC
 * 9112). Knows no channels and no proxying.
 *
 * <p>It is stricter than the RFC allows it to be lenient: what two parsers could read differently is refused, since a
 * request that we and an upstream split differently is a request smuggled (RFC 9112 §11.2).
 */
@NullMarked
package io.offramp.proxy.http.codec;

import org.jspecify.annotations.NullMarked;
