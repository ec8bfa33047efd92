package io.offramp.proxy.rule;

import io.offramp.proxy.message.AnswerHead;
import io.offramp.proxy.message.OwnAnswer;

/** One rule for answers. Confined to the event loop. */
@FunctionalInterface
public interface AnswerRule {
    /** The head of a server's answer as the client gets it. */
    AnswerHead apply(AnswerHead head, RuleRequest request);

    /** An answer of our own as the client gets it. */
    default OwnAnswer apply(OwnAnswer answer, RuleRequest request) {
        return answer;
    }
}
