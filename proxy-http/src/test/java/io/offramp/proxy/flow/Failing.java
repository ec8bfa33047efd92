package io.offramp.proxy.flow;

import io.offramp.proxy.message.AnswerHead;
import io.offramp.proxy.message.OwnAnswer;
import io.offramp.proxy.rule.AnswerRule;
import io.offramp.proxy.rule.EndRule;
import io.offramp.proxy.rule.RequestRule;
import io.offramp.proxy.rule.RuleOutcome;
import io.offramp.proxy.rule.RuleRequest;

/** Rules with a fault of ours. */
final class Failing {
    private Failing() {}

    private static IllegalStateException fault() {
        return new IllegalStateException("a fault of ours");
    }

    record AtOnce() implements RequestRule {
        @Override
        public void apply(RuleRequest request, RuleOutcome next) {
            throw fault();
        }
    }

    record Later() implements RequestRule {
        @Override
        public void apply(RuleRequest request, RuleOutcome next) {
            request.eventLoop()
                    .execute(() -> next.resume(() -> {
                        throw fault();
                    }));
        }
    }

    record Answer() implements AnswerRule {
        @Override
        public AnswerHead apply(AnswerHead head, RuleRequest request) {
            throw fault();
        }

        @Override
        public OwnAnswer apply(OwnAnswer answer, RuleRequest request) {
            throw fault();
        }
    }

    record End() implements EndRule {
        @Override
        public void onEnd(RuleRequest request, long receivedBytes, long answeredBytes) {
            throw fault();
        }
    }
}
