package io.offramp.proxy.rate;

import io.offramp.proxy.message.Refusal;
import io.offramp.proxy.rule.EndRule;
import io.offramp.proxy.rule.RequestRule;
import io.offramp.proxy.rule.RuleOutcome;
import io.offramp.proxy.rule.RuleRequest;

/** Refuses requests over a limit with 429 and the time to wait (RFC 6585 §4). */
public record RateRule(RateLimiter limiter) implements RequestRule, EndRule {
    @Override
    public void apply(RuleRequest request, RuleOutcome next) {
        int seconds = limiter.take(request);
        if (seconds == 0) {
            next.pass();
        } else {
            next.answer(
                    Refusal.TOO_MANY_REQUESTS.answer().withRetryAfter(seconds),
                    "over the limit " + limiter.limit().name());
        }
    }

    @Override
    public void onEnd(RuleRequest request, long receivedBytes, long answeredBytes) {
        limiter.onEnd(request, receivedBytes + answeredBytes);
    }
}
