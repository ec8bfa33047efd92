/** What fails towards servers: counted by reason, and seen in the log. */
@NullMarked
package io.offramp.proxy.upstream.failure;

import org.jspecify.annotations.NullMarked;
