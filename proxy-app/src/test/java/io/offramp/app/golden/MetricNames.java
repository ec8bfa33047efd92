package io.offramp.app.golden;

import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The names in a page of metrics, in Prometheus' text format. */
final class MetricNames {
    private static final Pattern TYPE = Pattern.compile("# TYPE \\S+ (\\S+)");
    private static final Pattern SAMPLE = Pattern.compile("(\\w+)(?:\\{(.*)})? \\S+");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"(?:[^\"\\\\]|\\\\.)*\"");

    private MetricNames() {}

    /**
     * Of each series: its name, its type and the keys of its labels, as {@code offramp_tls_moves_total counter
     * {direction,from}}.
     */
    static SortedSet<String> of(String page) {
        SortedSet<String> names = new TreeSet<>();
        String type = "";
        for (String line : page.lines().toList()) {
            Matcher typed = TYPE.matcher(line);
            Matcher sample = SAMPLE.matcher(line);
            if (typed.matches()) {
                type = typed.group(1);
            } else if (sample.matches() && !line.startsWith("#")) {
                names.add(sample.group(1) + " " + type + " " + labels(sample.group(2)));
            } else if (!line.startsWith("# HELP ")) {
                throw new AssertionError("not a line of metrics: " + line);
            }
        }
        return names;
    }

    private static String labels(@Nullable String text) {
        SortedSet<String> keys = new TreeSet<>();
        LABEL.matcher(text == null ? "" : text).results().forEach(label -> keys.add(label.group(1)));
        return "{" + String.join(",", keys) + "}";
    }
}
