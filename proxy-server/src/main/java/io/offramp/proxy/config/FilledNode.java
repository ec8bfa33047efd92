package io.offramp.proxy.config;

import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** A scalar whose text came, at least in part, from elsewhere. Messages show how it was written, never its text. */
final class FilledNode extends ScalarNode {
    /** A shorter value is in many words, and is no secret. */
    private static final int MIN_SECRET_CHARS = 3;

    private static final String IS = ", is ";

    private final String written;
    /** The longest first: one may be a part of another. */
    private final List<String> values;

    /** @param written with references in place of values */
    FilledNode(ScalarNode hidden, String written, References.Filled filled) {
        super(
                hidden.getTag(),
                true,
                filled.text(),
                hidden.getScalarStyle(),
                hidden.getStartMark(),
                hidden.getEndMark());
        this.written = written;
        this.values = filled.values().stream()
                .sorted(Comparator.comparingInt(String::length).reversed())
                .toList();
    }

    String written() {
        return written;
    }

    /** A message without any value; by custom, {@code , is} comes in front of one or of a part of it. */
    String redacted(String message) {
        String text = message;
        for (String value : values) {
            if (value.length() >= MIN_SECRET_CHARS) {
                text = Pattern.compile(Pattern.quote(value), Pattern.CASE_INSENSITIVE)
                        .matcher(text)
                        .replaceAll(Matcher.quoteReplacement("…"));
            }
        }
        int is = text.indexOf(IS);
        String shown = "\"" + written + "\"";
        if (is >= 0) {
            return text.substring(0, is) + IS + shown;
        }
        return text.equals(message) ? message : text + ", from " + shown;
    }
}
