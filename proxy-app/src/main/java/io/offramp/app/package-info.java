/**
 * The command line: finds the backends, loads or makes up a configuration, starts the proxy, and drains it when asked
 * to stop.
 */
@NullMarked
package io.offramp.app;

import org.jspecify.annotations.NullMarked;
