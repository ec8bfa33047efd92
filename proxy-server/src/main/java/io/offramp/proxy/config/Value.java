package io.offramp.proxy.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * One value of the file, with its place. Reading it as another kind gives nothing and notes the problem, so a reader
 * continues and finds the next one.
 */
final class Value {
    private static final int MAX_SHOWN_CHARS = 60;

    private final Node node;
    private final String path;
    private final Problems problems;

    Value(Node node, String path, Problems problems) {
        this.node = node;
        this.path = path;
        this.problems = problems;
    }

    String path() {
        return path;
    }

    void error(String message) {
        if (!(node instanceof NodeResolver.Unknown)) {
            problems.error(node.getStartMark(), path, redacted(message));
        }
    }

    void warn(String message) {
        problems.warn(node.getStartMark(), path, redacted(message));
    }

    private String redacted(String message) {
        return node instanceof FilledNode filled ? filled.redacted(message) : message;
    }

    boolean isScalar() {
        return node instanceof ScalarNode;
    }

    boolean isList() {
        return node instanceof SequenceNode;
    }

    boolean isEmptyList() {
        return node instanceof SequenceNode sequence && sequence.getValue().isEmpty();
    }

    /** The scalar, or null if it is of another kind. */
    <T> @Nullable T as(Scalar<T> kind) {
        if (!(node instanceof ScalarNode scalar) || isEmpty(scalar)) {
            return unexpected(kind.expected());
        }
        try {
            T parsed = kind.parser().apply(scalar.getValue());
            return parsed != null ? parsed : unexpected(kind.expected());
        } catch (IllegalArgumentException e) {
            error(String.valueOf(e.getMessage()));
            return null;
        }
    }

    /** The items of a list; empty if it is no list. */
    List<Value> items(String expected) {
        if (!(node instanceof SequenceNode sequence) || sequence.getValue().isEmpty()) {
            unexpected(expected);
            return List.of();
        }
        List<Value> items = new ArrayList<>();
        for (Node item : sequence.getValue()) {
            items.add(new Value(item, path + "[" + items.size() + "]", problems));
        }
        return items;
    }

    /** The items of a list of scalars, in order, each with its place; without wrong and repeated ones. */
    <T> Map<T, Value> distinct(String expected, Scalar<T> kind) {
        Map<T, Value> distinct = new LinkedHashMap<>();
        for (Value item : items(expected)) {
            T each = item.as(kind);
            if (each != null && distinct.putIfAbsent(each, item) != null) {
                item.error("is in the list already");
            }
        }
        return distinct;
    }

    /** A mapping with these keys and no others, or null if it is not a mapping. */
    @Nullable
    Section section(String... keys) {
        Set<String> known = new LinkedHashSet<>(List.of(keys));
        Map<String, Value> entries = entries("a mapping with " + String.join(", ", known));
        if (entries == null) {
            return null;
        }
        entries.forEach((key, value) -> {
            if (!known.contains(key)) {
                problems.error(keyMark(key), value.path, "unknown key" + Suggestion.of(key, known));
            }
        });
        return new Section(this, entries);
    }

    /** A mapping with keys of the user's choice, in the order of the file, or null if it is not a mapping. */
    @Nullable
    Map<String, Value> entries(String expected) {
        if (!(node instanceof MappingNode mapping)) {
            return unexpected(expected);
        }
        Map<String, Value> entries = new LinkedHashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            addEntry(tuple, entries);
        }
        return entries;
    }

    private void addEntry(NodeTuple tuple, Map<String, Value> entries) {
        Node key = tuple.getKeyNode();
        if (!(key instanceof ScalarNode scalar)) {
            problems.error(key.getStartMark(), path, "expected a key, is " + new Value(key, path, problems));
            return;
        }
        String name = scalar.getValue();
        Value value = new Value(tuple.getValueNode(), path.isEmpty() ? name : path + "." + name, problems);
        if (entries.putIfAbsent(name, value) != null) {
            Mark first = entries.get(name).node.getStartMark().orElseThrow();
            Mark here = key.getStartMark().orElseThrow();
            String where = first.getName().equals(here.getName()) ? "" : " of " + first.getName();
            problems.error(
                    key.getStartMark(), value.path, "duplicate key, first on line " + (first.getLine() + 1) + where);
        }
    }

    private Optional<Mark> keyMark(String name) {
        return ((MappingNode) node)
                .getValue().stream()
                        .map(NodeTuple::getKeyNode)
                        .filter(key -> key instanceof ScalarNode scalar
                                && scalar.getValue().equals(name))
                        .findFirst()
                        .flatMap(Node::getStartMark);
    }

    @SuppressWarnings("TypeParameterUnusedInFormals") // always null
    private <T> @Nullable T unexpected(String expected) {
        error("expected " + expected + ", is " + this);
        return null;
    }

    private static boolean isEmpty(ScalarNode scalar) {
        return scalar.isPlain()
                && (scalar.getValue().isEmpty() || scalar.getValue().matches("~|null"));
    }

    /** Its form in messages. */
    @Override
    public String toString() {
        return switch (node) {
            case FilledNode filled -> "\"" + shortened(filled.written()) + "\"";
            case ScalarNode scalar when isEmpty(scalar) -> "empty";
            case ScalarNode scalar -> "\"" + shortened(scalar.getValue()) + "\"";
            case SequenceNode sequence when sequence.getValue().isEmpty() -> "an empty list";
            case SequenceNode _ -> "a list";
            default -> "a mapping";
        };
    }

    private static String shortened(String text) {
        return text.length() <= MAX_SHOWN_CHARS ? text : text.substring(0, MAX_SHOWN_CHARS) + "…";
    }
}
