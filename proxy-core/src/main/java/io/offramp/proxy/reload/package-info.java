/**
 * Watches files and has their owners read them again after a change, while the proxy serves. It does not know their
 * content: an owner implements {@link io.offramp.proxy.reload.Reloadable} and registers it with
 * {@link io.offramp.proxy.reload.Reloads}.
 */
@NullMarked
package io.offramp.proxy.reload;

import org.jspecify.annotations.NullMarked;
