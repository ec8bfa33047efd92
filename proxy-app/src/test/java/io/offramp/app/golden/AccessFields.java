package io.offramp.app.golden;

import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The fields of lines of the access log. */
final class AccessFields {
    private static final Pattern LINE = Pattern.compile("\\S+( \\w+=(\"(?:[^\"\\\\]|\\\\.)*\"|[^\\s\"]+))+");
    private static final Pattern FIELD = Pattern.compile(" (\\w+)=(?:\"(?:[^\"\\\\]|\\\\.)*\"|[^\\s\"]+)");

    private AccessFields() {}

    /** Whether this is a line of the access log: a time, then fields. */
    static boolean isLine(String line) {
        return LINE.matcher(line).matches();
    }

    /** The names, in their order. */
    static List<String> of(String line) {
        return FIELD.matcher(line)
                .results()
                .map((MatchResult field) -> field.group(1))
                .toList();
    }
}
