package io.offramp.proxy.rule;

import io.offramp.proxy.message.OwnAnswer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Answers every request alike.
 *
 * @param answer the answer
 */
public record FixedAnswer(OwnAnswer answer) implements RequestRule {
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof FixedAnswer fixed
                && answer.status() == fixed.answer.status()
                && answer.fields().equals(fixed.answer.fields())
                && Arrays.equals(answer.body(), fixed.answer.body());
    }

    @Override
    public int hashCode() {
        return 31 * answer.status() + Arrays.hashCode(answer.body());
    }

    @Override
    public void apply(RuleRequest request, RuleOutcome next) {
        next.answer(answer, null);
    }
}
