/** Which server of an upstream gets the next request. Knows servers only as {@link Candidate}s. */
@NullMarked
package io.offramp.proxy.upstream.balance;

import org.jspecify.annotations.NullMarked;
