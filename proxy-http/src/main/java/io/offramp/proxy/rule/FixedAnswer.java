package io.offramp.proxy.rule;

import io.offramp.proxy.message.OwnAnswer;

/**
 * Answers every request alike.
 *
 * @param answer the answer
 */
public record FixedAnswer(OwnAnswer answer) implements RequestRule {
    @Override
    public void apply(RuleRequest request, RuleOutcome next) {
        next.answer(answer, null);
    }
}
