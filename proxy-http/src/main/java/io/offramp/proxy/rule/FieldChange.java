package io.offramp.proxy.rule;

import io.offramp.proxy.message.FieldEdits;

/** One change of the fields of a head. */
public sealed interface FieldChange {
    /** Name of the field. */
    String name();

    /** In place of all others of its name. */
    record Set(String name, Template value) implements FieldChange {}

    /** Behind all others. */
    record Add(String name, Template value) implements FieldChange {}

    /** All of its name. */
    record Remove(String name) implements FieldChange {}

    /** Notes the change. */
    default void on(FieldEdits edits, RuleRequest request) {
        switch (this) {
            case Set(String name, Template value) -> edits.set(name, value.text(request));
            case Add(String name, Template value) -> edits.add(name, value.text(request));
            case Remove(String name) -> edits.remove(FieldEdits.lower(name));
        }
    }
}
