package io.offramp.proxy.exchange;

import io.offramp.proxy.message.AnswerHead;
import io.offramp.proxy.message.Fields;
import io.offramp.proxy.message.OwnAnswer;
import io.offramp.proxy.message.Refusal;
import io.offramp.proxy.rule.AnswerFilter;
import io.offramp.proxy.rule.RouteRules;
import io.offramp.proxy.rule.RuleOutcome;
import io.offramp.proxy.rule.RuleRequest;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The rules of one exchange, one after the other. Confined to the event loop. */
final class RuleRun implements RuleOutcome {
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
            rules.request().get(next++).apply(request, this);
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

    /** The answer of a server behind the rules. */
    AnswerFilter.Filtered onAnswer(AnswerHead head) {
        return rules.answer(head, request);
    }

    /** The head in front of a tunnel behind the rules. */
    AnswerHead onSwitching(AnswerHead head) {
        return rules.head(head, request);
    }

    /** An answer of our own behind the rules. */
    OwnAnswer onAnswer(OwnAnswer own) {
        boolean passes = state == State.RELAYED && !rules.pages().intercept();
        return rules.answer(passes ? own : rules.pages().on(own), request);
    }

    /** The exchange is over; once. */
    void onEnd(long receivedBytes, long answeredBytes) {
        boolean waited = state == State.JUDGING && cancel != null;
        state = State.OVER;
        if (waited) {
            Objects.requireNonNull(cancel).run();
        }
        rules.onEnd(request, receivedBytes, answeredBytes);
    }
}
