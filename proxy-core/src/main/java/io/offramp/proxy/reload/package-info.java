/**
 * Notices that files were replaced and has whoever read them read them anew, while the proxy serves. Knows nothing of
 * what is in them: who has such files implements {@link io.offramp.proxy.reload.Reloadable} and registers it with
 * {@link io.offramp.proxy.reload.Reloads}.
 */
@NullMarked
package io.offramp.proxy.reload;

import org.jspecify.annotations.NullMarked;
