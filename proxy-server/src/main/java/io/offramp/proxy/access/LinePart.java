package io.offramp.proxy.access;

import org.jspecify.annotations.Nullable;

/**
 * A part of a line.
 *
 * @param literal in front of the field; printable ASCII
 * @param field null at the end of a line
 * @param style of the field's value
 */
record LinePart(String literal, @Nullable AccessField field, Style style) {
    /** How a value is written. What a client sent can end neither the value nor the line in any of them. */
    enum Style {
        /** Quoted where it has to be; {@code -} if unknown. */
        TEXT,
        /** A JSON string, number or boolean; {@code null} if unknown. */
        JSON,
        /** Escaped, without quotes of its own; {@code -} if unknown or empty. */
        BARE
    }
}
