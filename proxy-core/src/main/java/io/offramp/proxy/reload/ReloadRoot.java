package io.offramp.proxy.reload;

/**
 * The item that decides which others there are: it may register and unregister them while it is reloaded. It counts its
 * reloads itself.
 */
public interface ReloadRoot extends Reloadable {
    /** What {@link #reload} would do, without doing it. */
    ReloadReport dryRun();

    /** Whether its process is about to end: a change of its files is not for this process any more. */
    boolean isLeaving();
}
