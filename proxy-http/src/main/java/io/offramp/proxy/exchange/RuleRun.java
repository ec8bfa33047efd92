package io.offramp.proxy.exchange;

import io.offramp.proxy.message.AnswerHead;
import io.offramp.proxy.message.Fields;
import io.offramp.proxy.message.OwnAnswer;
import io.offramp.proxy.message.Refusal;
import io.offramp.proxy.rule.AnswerFilter;
import io.offramp.proxy.rule.EndRule;
import io.offramp.proxy.rule.RequestRule;
import io.offramp.proxy.rule.RouteRules;
import io.offramp.proxy.rule.RuleFailure;
import io.offramp.proxy.rule.RuleOutcome;
import io.offramp.proxy.rule.RuleRequest;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The rules of one exchange, one after the other. Confined to the event loop. */
final class RuleRun implements RuleOutcome {
    private static final String RULE_FAILED = "rule failed";

    private final RoutedExchange exchange;
    private final RouteRules rules;
    private final RuleRequest request;
    private State state = State.JUDGING;
    private int next;
    private @Nullable Runnable cancel;

    private enum State {
        /** A rule has the request. */
        JUDGING,
        /** All have let it pass, or one has answered. */
        DECIDED,
        /** One has given the answer of a server that it has asked. */
        RELAYED,
        /** One has failed on the answer. */
        FAILED,
        /** The exchange is over. */
        OVER
    }

    RuleRun(RoutedExchange exchange, RouteRules rules, RuleRequest request) {
        this.exchange = exchange;
        this.rules = rules;
        this.request = request;
    }

    /** True while a rule waits. */
    boolean isJudging() {
        return state == State.JUDGING;
    }

    @Override
    public void pass() {
        if (state != State.JUDGING) {
            return;
        }
        cancel = null;
        if (next < rules.request().size()) {
            RequestRule rule = rules.request().get(next++);
            try {
                rule.apply(request, this);
            } catch (RuntimeException e) {
                fail(rule, e);
            }
        } else {
            state = State.DECIDED;
            exchange.forward(request.edits().on(request.head()));
        }
    }

    @Override
    public void answer(OwnAnswer answer, @Nullable String why) {
        if (state == State.JUDGING) {
            state = State.DECIDED;
            cancel = null;
            exchange.answer(answer, why);
        }
    }

    @Override
    public void relay(OwnAnswer answer, String why) {
        if (state == State.JUDGING) {
            state = State.RELAYED;
            cancel = null;
            exchange.answer(answer, why);
        }
    }

    @Override
    public void refuse(Refusal refusal, @Nullable String why) {
        if (state == State.JUDGING) {
            state = State.DECIDED;
            cancel = null;
            exchange.refuse(refusal, why);
        }
    }

    @Override
    public void resume(Runnable rest) {
        RequestRule rule = rules.request().get(next - 1);
        try {
            rest.run();
        } catch (RuntimeException e) {
            fail(rule, e);
        }
    }

    /** Without an outcome, the request fails. A fault behind the rules is none of theirs. */
    private void fail(RequestRule rule, RuntimeException fault) {
        if (state != State.JUDGING) {
            throw fault;
        }
        Runnable waiting = cancel;
        if (waiting != null) {
            waiting.run();
        }
        exchange.onRuleFailed(new RuleFailure(rule, fault));
        refuse(Refusal.INTERNAL, RULE_FAILED);
    }

    @Override
    public boolean isOpen() {
        return state == State.JUDGING;
    }

    @Override
    public void onCancel(Runnable run) {
        cancel = run;
    }

    /** The trailers of the request that do not contradict what the rules have done. */
    Fields trailers(Fields trailers) {
        return request.edits().fields().onTrailers(trailers);
    }

    /** The page in place of a server's answer; null if that passes. */
    @Nullable
    OwnAnswer inPlaceOf(AnswerHead head) {
        return rules.pages().inPlaceOf(head);
    }

    /** The answer of a server behind the rules; null if one has failed, so that the exchange is over. */
    AnswerFilter.@Nullable Filtered onAnswer(AnswerHead head) {
        return changed(() -> rules.answer(head, request));
    }

    /** The head in front of a tunnel behind the rules; likewise. */
    @Nullable
    AnswerHead onSwitching(AnswerHead head) {
        return changed(() -> rules.head(head, request));
    }

    private <T> @Nullable T changed(Supplier<T> rulesOfAnswer) {
        try {
            return rulesOfAnswer.get();
        } catch (RuleFailure e) {
            state = State.FAILED;
            exchange.onRuleFailed(e);
            exchange.refuse(Refusal.INTERNAL, RULE_FAILED);
            return null;
        }
    }

    /** An answer of our own behind the rules; in front of them if one fails. */
    OwnAnswer onAnswer(OwnAnswer own) {
        boolean passes = state == State.RELAYED && !rules.pages().intercept();
        OwnAnswer shown = passes ? own : rules.pages().on(own);
        if (state == State.FAILED) {
            return shown;
        }
        try {
            return rules.answer(shown, request);
        } catch (RuleFailure e) {
            exchange.onRuleFailed(e);
            return shown;
        }
    }

    /** True if the request came as far as this rule. */
    private boolean hasJudged(RequestRule rule) {
        for (int i = 0; i < next; i++) {
            if (rules.request().get(i) == rule) {
                return true;
            }
        }
        return false;
    }

    /** The exchange is over; once. */
    void onEnd(long receivedBytes, long answeredBytes) {
        boolean waited = state == State.JUDGING && cancel != null;
        state = State.OVER;
        if (waited) {
            Objects.requireNonNull(cancel).run();
        }
        for (EndRule rule : rules.ends()) {
            if (rule instanceof RequestRule judge && !hasJudged(judge)) {
                continue;
            }
            try {
                rule.onEnd(request, receivedBytes, answeredBytes);
            } catch (RuntimeException e) {
                exchange.onRuleFailed(new RuleFailure(rule, e));
            }
        }
    }
}
