package io.offramp.proxy.reload;

/**
 * The item that decides which others there are: it may register and unregister them while it is reloaded. It counts its
 * reloads itself.
 */
public interface ReloadRoot extends Reloadable {
    /** What {@link #reload} would do, without doing it. */
    ReloadReport dryRun();
}
