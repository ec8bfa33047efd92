package io.offramp.proxy.reload;

import java.util.List;

/**
 * The result of reloading everything.
 *
 * @param lines of text, one for each change and problem, and for each item without either
 * @param result the whole
 */
public record ReloadReport(List<String> lines, Result result) {
    /** What came of it. */
    public enum Result {
        /** All files are in use. */
        DONE,
        /** Another configuration is in use; some files that it does not depend on were refused. */
        IN_PART,
        /** The configuration was refused, or it is as it was and some of its files were refused. */
        REFUSED
    }

    /** The scope of a reload where there is no file with the configuration. */
    public static final String SCOPE = "the configuration is not in a file: restart to change it";

    /** Copies the list. */
    public ReloadReport {
        lines = List.copyOf(lines);
    }
}
