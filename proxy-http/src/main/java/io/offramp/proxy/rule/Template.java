package io.offramp.proxy.rule;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A text with variables in braces: {@code https://{host}{uri}}. Two braces stand for one. Groups of the route's regular
 * expressions go by number or name. Immutable.
 */
public final class Template {
    private final List<Part> parts;

    private enum Form {
        TEXT,
        URL,
        TARGET
    }

    /** A piece of it. */
    private sealed interface Part {
        record Text(String text) implements Part {}

        record Known(Variable variable) implements Part {}

        record Group(String name) implements Part {}
    }

    private Template(List<Part> parts) {
        this.parts = List.copyOf(parts);
    }

    /**
     * Reads one.
     *
     * @param groups names of the groups that the route has
     * @throws IllegalArgumentException saying what is wrong
     */
    public static Template parse(String text, Collection<String> groups) {
        List<Part> parts = new ArrayList<>();
        StringBuilder literal = new StringBuilder();
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            if ((c == '{' || c == '}') && text.startsWith("" + c + c, at)) {
                literal.append(c);
                at += 2;
            } else if (c == '{') {
                int end = text.indexOf('}', at);
                if (end < 0) {
                    throw new IllegalArgumentException(
                            "a { without its } at character " + (at + 1) + "; write {{ for one");
                }
                addText(literal, parts);
                parts.add(variable(text.substring(at + 1, end), groups));
                at = end + 1;
            } else if (c == '}') {
                throw new IllegalArgumentException("a } without its { at character " + (at + 1) + "; write }} for one");
            } else if (c < ' ' || c >= 0x7f) {
                throw new IllegalArgumentException("character " + (at + 1) + " is not printable ASCII");
            } else {
                literal.append(c);
                at++;
            }
        }
        addText(literal, parts);
        return new Template(parts);
    }

    private static void addText(StringBuilder literal, List<Part> parts) {
        if (!literal.isEmpty()) {
            parts.add(new Part.Text(literal.toString()));
            literal.setLength(0);
        }
    }

    private static Part variable(String name, Collection<String> groups) {
        if (groups.contains(name)) {
            return new Part.Group(name);
        }
        Variable known = Variable.of(name);
        if (known == null) {
            String own = groups.isEmpty()
                    ? ""
                    : "; groups of this route are " + groups.stream().sorted().collect(Collectors.joining(", "));
            throw new IllegalArgumentException("unknown variable {" + name + "}; known are " + Variable.known() + own);
        }
        return new Part.Known(known);
    }

    /** Whether the text outside of variables has that character. */
    boolean has(char c) {
        return parts.stream().anyMatch(part -> part instanceof Part.Text(String text) && text.indexOf(c) >= 0);
    }

    /** The text for a field: groups as the route has read them. */
    public String text(RuleRequest request) {
        return fill(request, Form.TEXT);
    }

    /** The text for a URL: groups and all that cannot stand in one are escaped. */
    public String url(RuleRequest request) {
        return fill(request, Form.URL);
    }

    /** The text for a path that a server gets: paths as the route has read them, so that they have one reading. */
    public String target(RuleRequest request) {
        return fill(request, Form.TARGET);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Template template && template.parts.equals(parts);
    }

    @Override
    public int hashCode() {
        return parts.hashCode();
    }

    private String fill(RuleRequest request, Form form) {
        StringBuilder filled = new StringBuilder();
        boolean query = false;
        for (Part part : parts) {
            switch (part) {
                case Part.Text(String text) -> {
                    filled.append(text);
                    query |= form != Form.TEXT && text.indexOf('?') >= 0;
                }
                case Part.Known(Variable variable) ->
                    filled.append(query ? variable.parameter(request) : known(variable, request, form));
                case Part.Group(String name) -> {
                    @Nullable String value = request.route().group(name);
                    filled.append(value == null ? "" : query ? UrlText.parameter(value) : group(value, form));
                }
            }
        }
        return filled.toString();
    }

    private static String known(Variable variable, RuleRequest request, Form form) {
        return switch (form) {
            case TEXT -> variable.of(request);
            case URL -> UrlText.valid(variable.of(request));
            case TARGET -> UrlText.valid(variable.read(request));
        };
    }

    private static String group(String value, Form form) {
        return form == Form.TEXT ? UrlText.plain(value) : UrlText.path(value);
    }
}
