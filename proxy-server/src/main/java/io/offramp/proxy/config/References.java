package io.offramp.proxy.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * References in scalars: {@code ${NAME}} to a variable of the environment, {@code ${NAME:-text}} with a text for one
 * that is not set or empty, {@code ${file:/run/secrets/x}} to the content of a file without its last line end.
 * {@code $${…}} is the text itself.
 *
 * <p>YAML must not see their braces, colons and the like: in front of the parser they are hidden, each character as one
 * of the private use area, so that places in the file stay right and a value never becomes syntax.
 */
final class References {
    private static final Pattern WRITTEN = Pattern.compile("\\$\\$?\\{[^{}\\n]*}");
    private static final Pattern HIDDEN = Pattern.compile("\\$(\\$?)\\uE07B([^\\uE07B\\uE07D\\n]*)\\uE07D");
    private static final Pattern VARIABLE = Pattern.compile("([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?");
    private static final String FILE = "file:";
    private static final int HIDING = 0xE000;

    private final UnaryOperator<@Nullable String> environment;
    private final Path base;
    private final Set<Path> read;

    /**
     * @param environment value by name, null for none
     * @param base relative names of files start at its directory
     * @param read where each file is noted
     */
    References(UnaryOperator<@Nullable String> environment, Path base, Set<Path> read) {
        this.environment = environment;
        this.base = base;
        this.read = read;
    }

    /**
     * A scalar with the values of its references.
     *
     * @param text with the values
     * @param values one for each reference
     */
    record Filled(String text, List<String> values) {}

    /** Hides all references of a file. Its length stays. */
    static String hide(String yaml) {
        return WRITTEN.matcher(yaml)
                .replaceAll(reference -> Matcher.quoteReplacement(moved(reference.group(), 0x20, HIDING)));
    }

    /** A scalar as it was written. */
    static String written(String hidden) {
        return HIDDEN.matcher(hidden)
                .replaceAll(reference -> Matcher.quoteReplacement(moved(reference.group(), HIDING, -HIDING)));
    }

    static boolean isIn(String scalar) {
        return HIDDEN.matcher(scalar).find();
    }

    /**
     * Puts the values in.
     *
     * @throws IllegalArgumentException saying which reference leads nowhere
     */
    Filled fill(String scalar) {
        List<String> values = new ArrayList<>();
        String text = HIDDEN.matcher(scalar).replaceAll(found -> {
            String name = written(found.group()).substring(found.group(1).length() + 2);
            name = name.substring(0, name.length() - 1);
            if (!found.group(1).isEmpty()) {
                return Matcher.quoteReplacement("${" + name + "}");
            }
            String value = name.startsWith(FILE) ? content(name.substring(FILE.length())) : variable(name);
            values.add(value);
            return Matcher.quoteReplacement(value);
        });
        return new Filled(text, values);
    }

    private String variable(String reference) {
        Matcher matcher = VARIABLE.matcher(reference);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("expected ${NAME}, ${NAME:-text} or ${file:NAME}, is \"${" + reference
                    + "}\" ($${ is a text that begins with ${)");
        }
        String name = matcher.group(1);
        String fallback = matcher.group(2);
        String value = environment.apply(name);
        if (fallback != null) {
            return value == null || value.isEmpty() ? fallback : value;
        }
        if (value == null) {
            throw new IllegalArgumentException(
                    "the environment has no " + name + "; ${" + name + ":-text} is for one that may be missing");
        }
        return value;
    }

    private String content(String name) {
        try {
            Problems problems = new Problems(name);
            Path file = base.resolveSibling(name);
            read.add(file);
            String text = YamlFile.read(file, problems);
            if (text == null) {
                throw new IllegalArgumentException(
                        String.valueOf(problems.errors().getFirst()));
            }
            return text.replaceFirst("\\r?\\n\\z", "");
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("not a file name: " + e.getMessage(), e);
        }
    }

    /** Moves the ASCII characters of a reference, but not the dollar in front; others stay. */
    private static String moved(String reference, int from, int by) {
        int dollars = reference.startsWith("$$") ? 2 : 1;
        StringBuilder text = new StringBuilder(reference.substring(0, dollars));
        reference.substring(dollars).chars().forEach(each -> {
            boolean moves = each >= from && each < (from | 0x7F);
            text.append((char) (moves ? each + by : each));
        });
        return text.toString();
    }
}
