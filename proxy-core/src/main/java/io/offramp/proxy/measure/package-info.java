/** What event loops count without a lock and without garbage, where a metric's library would cost more. */
@NullMarked
package io.offramp.proxy.measure;

import org.jspecify.annotations.NullMarked;
