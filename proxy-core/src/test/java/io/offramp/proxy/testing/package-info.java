/** For the tests of all modules that depend on this one. */
@NullMarked
package io.offramp.proxy.testing;

import org.jspecify.annotations.NullMarked;
