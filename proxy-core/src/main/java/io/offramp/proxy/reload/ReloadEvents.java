package io.offramp.proxy.reload;

/** Hears of reloads, on the reload thread. */
public interface ReloadEvents {
    /** Something was replaced. */
    void onReloaded(Reloadable what);

    /** Something was refused, and stays as it was. Once for each state of the files, not for each look at them. */
    void onReloadFailed(Reloadable what);
}
