package io.offramp.proxy.rule;

/** A rule has thrown: a fault of this proxy, whatever the request was. */
public final class RuleFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** @param rule that has thrown */
    public RuleFailure(Object rule, RuntimeException cause) {
        super("rule " + rule.getClass().getSimpleName(), cause);
    }
}
