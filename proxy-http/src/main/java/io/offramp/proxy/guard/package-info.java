/** Who may make a request: by address, client certificate, password, or the word of another server. */
@NullMarked
package io.offramp.proxy.guard;

import org.jspecify.annotations.NullMarked;
