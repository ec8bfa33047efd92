package io.offramp.proxy.rule;

import java.util.List;

/**
 * Changes the fields of requests.
 *
 * @param changes in their order
 */
public record RequestFields(List<FieldChange> changes) implements RequestRule {
    /** Copies the list. */
    public RequestFields {
        changes = List.copyOf(changes);
    }

    @Override
    public void apply(RuleRequest request, RuleOutcome next) {
        changes.forEach(change -> change.on(request.edits().fields(), request));
        next.pass();
    }
}
