package io.offramp.proxy.reload;

import java.nio.file.Path;
import java.util.List;

/** A reloadable that is replaced as a whole or not at all. */
record LoaderReloadable(String kind, String owner, List<Path> files, Loader loader) implements Reloadable {
    @Override
    public ReloadOutcome reload() {
        try {
            return ReloadOutcome.changed(loader.load());
        } catch (RuntimeException e) {
            throw e; // a fault of ours, not the operator's
        } catch (Exception e) {
            return ReloadOutcome.failed(String.valueOf(e.getMessage()));
        }
    }
}
