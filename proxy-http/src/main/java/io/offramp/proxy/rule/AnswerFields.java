package io.offramp.proxy.rule;

import io.offramp.proxy.message.AnswerHead;
import io.offramp.proxy.message.FieldEdits;
import io.offramp.proxy.message.OwnAnswer;
import java.util.List;

/**
 * Changes the fields of answers, those of servers and our own.
 *
 * @param changes in their order
 */
public record AnswerFields(List<FieldChange> changes) implements AnswerRule {
    /** Copies the list. */
    public AnswerFields {
        changes = List.copyOf(changes);
    }

    @Override
    public AnswerHead apply(AnswerHead head, RuleRequest request) {
        return head.with(edits(request));
    }

    @Override
    public OwnAnswer apply(OwnAnswer answer, RuleRequest request) {
        return answer.with(edits(request));
    }

    private FieldEdits edits(RuleRequest request) {
        FieldEdits edits = new FieldEdits();
        changes.forEach(change -> change.on(edits, request));
        return edits;
    }
}
