package io.offramp.proxy.reload;

/** Listener for reloads, called on the reload thread. */
public interface ReloadEvents {
    /** An item was replaced. */
    void onReloaded(Reloadable what);

    /** An item was refused and stays as it was. Called once for each state of the files, not for each look. */
    void onReloadFailed(Reloadable what);
}
