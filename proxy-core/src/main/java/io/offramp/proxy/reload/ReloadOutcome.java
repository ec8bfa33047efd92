package io.offramp.proxy.reload;

import java.util.List;

/**
 * What a reload has led to. One of several certificates may have changed while another is refused.
 *
 * @param changes a sentence for each thing that was replaced, for the log; none if the files hold what is in use
 * @param problems a sentence for each thing that stays as it was because its files are wrong
 * @param unsettled whether to read again at the next look though nothing has changed by then
 */
public record ReloadOutcome(List<String> changes, List<String> problems, boolean unsettled) {
    /** Copies the lists. */
    public ReloadOutcome {
        changes = List.copyOf(changes);
        problems = List.copyOf(problems);
    }

    /** Nothing is left to be seen. */
    public ReloadOutcome(List<String> changes, List<String> problems) {
        this(changes, problems, false);
    }

    /** Nothing was wrong. */
    public static ReloadOutcome changed(List<String> changes) {
        return new ReloadOutcome(changes, List.of());
    }

    /** Everything stays as it was. */
    public static ReloadOutcome failed(String problem) {
        return new ReloadOutcome(List.of(), List.of(problem));
    }
}
