package io.offramp.proxy.reload;

import java.util.List;

/**
 * The result of one reload. One of several certificates may have changed while another was refused.
 *
 * @param changes a sentence for each replaced item, for the log; none if the files hold what is in use
 * @param problems a sentence for each item that stays as it was because its files are wrong
 * @param unsettled true to read again at the next look even without a change
 */
public record ReloadOutcome(List<String> changes, List<String> problems, boolean unsettled) {
    /** Copies the lists. */
    public ReloadOutcome {
        changes = List.copyOf(changes);
        problems = List.copyOf(problems);
    }

    /** Needs no second look. */
    public ReloadOutcome(List<String> changes, List<String> problems) {
        this(changes, problems, false);
    }

    /** True without a problem. */
    public static ReloadOutcome changed(List<String> changes) {
        return new ReloadOutcome(changes, List.of());
    }

    /** True if nothing was replaced. */
    public static ReloadOutcome failed(String problem) {
        return new ReloadOutcome(List.of(), List.of(problem));
    }
}
