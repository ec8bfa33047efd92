package io.offramp.proxy.reload;

import java.util.List;

/**
 * What a reload of everything has led to.
 *
 * @param lines of text, one for each change and problem, and for each thing where there was neither
 * @param failed whether there was a problem
 */
public record ReloadReport(List<String> lines, boolean failed) {
    /** What a reload is not, for whoever expects it to be that. */
    public static final String SCOPE = "the configuration itself is not read again: restart for that";

    /** Copies the list. */
    public ReloadReport {
        lines = List.copyOf(lines);
    }
}
