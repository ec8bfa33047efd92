package io.offramp.proxy.rule;

import io.offramp.proxy.message.OwnAnswer;
import io.offramp.proxy.message.Refusal;
import org.jspecify.annotations.Nullable;

/** Takes what a rule decides. Confined to the event loop. */
public interface RuleOutcome {
    /** The next rule judges the request, or it goes to a server. */
    void pass();

    /**
     * The request is answered, and goes no further.
     *
     * @param why for the log; null for an answer in order
     */
    void answer(OwnAnswer answer, @Nullable String why);

    /**
     * The same with the answer of a server that the rule has asked. A page for errors takes its place only where it
     * takes that of servers' answers.
     */
    default void relay(OwnAnswer answer, String why) {
        answer(answer, why);
    }

    /**
     * The request is refused.
     *
     * @param why for the log; null if the refusal says it
     */
    void refuse(Refusal refusal, @Nullable String why);

    /**
     * For a rule that has waited: runs the rest of its judgement. What that throws is a failure of the rule, as in
     * {@link RequestRule#apply}.
     */
    default void resume(Runnable rest) {
        rest.run();
    }

    /** False once the request is over, because its client has gone or its time: no outcome is taken any more. */
    boolean isOpen();

    /**
     * For a rule that waits.
     *
     * @param cancel runs if the request is over before this rule has given an outcome
     */
    void onCancel(Runnable cancel);
}
