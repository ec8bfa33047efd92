package io.offramp.proxy.rule;

import io.offramp.proxy.message.AnswerHead;
import io.offramp.proxy.message.FieldEdits;
import io.offramp.proxy.message.OwnAnswer;

/**
 * {@code Strict-Transport-Security} (RFC 6797) in every answer over https; over plain HTTP it must not be sent (§7.2).
 *
 * @param value of the field
 */
public record StrictTransport(String value) implements AnswerRule {
    private static final String NAME = "Strict-Transport-Security";

    @Override
    public AnswerHead apply(AnswerHead head, RuleRequest request) {
        return isSecure(request) ? head.with(edits()) : head;
    }

    @Override
    public OwnAnswer apply(OwnAnswer answer, RuleRequest request) {
        return isSecure(request) ? answer.with(edits()) : answer;
    }

    private FieldEdits edits() {
        FieldEdits edits = new FieldEdits();
        edits.set(NAME, value);
        return edits;
    }

    private static boolean isSecure(RuleRequest request) {
        return Variable.scheme(request).equals("https");
    }
}
