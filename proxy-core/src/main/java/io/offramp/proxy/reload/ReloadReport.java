package io.offramp.proxy.reload;

import java.util.List;

/**
 * The result of reloading everything.
 *
 * @param lines of text, one for each change and problem, and for each item without either
 * @param failed true if there was a problem
 */
public record ReloadReport(List<String> lines, boolean failed) {
    /** The scope of a reload where there is no file with the configuration. */
    public static final String SCOPE = "the configuration is not in a file: restart to change it";

    /** Copies the list. */
    public ReloadReport {
        lines = List.copyOf(lines);
    }
}
