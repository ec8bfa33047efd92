/** A client's connection and its statistics, for the other packages, the admin pages and the logs. */
@NullMarked
package io.offramp.proxy.connection;

import org.jspecify.annotations.NullMarked;
