package io.offramp.app;

import io.offramp.proxy.budget.OpenFiles;

/** Whether this process may open enough files to serve. Without it, the file that is one too many gets the blame. */
final class EnoughFiles {
    private EnoughFiles() {}

    /** @throws CommandFailure if nothing is left for clients */
    static void require() throws CommandFailure {
        long limit = OpenFiles.limit();
        if (limit <= OpenFiles.own()) {
            throw CommandFailure.atRunTime("the limit of open files is " + limit + ", and a proxy needs "
                    + OpenFiles.own() + " before its first client: raise it, by ulimit -n or LimitNOFILE= of the unit");
        }
    }
}
