package io.offramp.proxy.rule;

import io.offramp.proxy.message.OwnAnswer;
import java.util.List;

/**
 * Answers every request with another place (RFC 9110 §15.4).
 *
 * @param status 301, 302, 303, 307 or 308
 * @param to the place
 */
public record Redirect(int status, Template to) implements RequestRule {
    @Override
    public void apply(RuleRequest request, RuleOutcome next) {
        OwnAnswer.Entry location = new OwnAnswer.Entry("Location", to.url(request));
        next.answer(OwnAnswer.of(status, List.of(location), new byte[0]), null);
    }
}
