package io.offramp.proxy.rule;

/** One rule for requests: lets a request pass, changed or not, or answers it. Confined to the event loop. */
@FunctionalInterface
public interface RequestRule {
    /**
     * Judges a request. Calls exactly one method of {@link RuleOutcome} that gives an outcome, at once or later on the
     * same event loop. While it waits, no body of the request is read.
     */
    void apply(RuleRequest request, RuleOutcome next);
}
