/** The process gives up what it never needs: a filter of system calls that it sets for itself. */
@NullMarked
package io.offramp.proxy.sandbox;

import org.jspecify.annotations.NullMarked;
