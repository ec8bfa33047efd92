package io.offramp.proxy.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** Fills references in, and puts the entries of {@code <<} (a YAML 1.1 merge key) into their mapping. */
final class NodeResolver {
    private static final String MERGE = "<<";

    private final References references;
    private final Problems problems;

    /** By original node; null while a node is being resolved. Aliases share a node, or make it contain itself. */
    private final Map<Node, @Nullable Node> resolved = new IdentityHashMap<>();

    NodeResolver(References references, Problems problems) {
        this.references = references;
        this.problems = problems;
    }

    /** @param path of the node, for messages; empty for the root */
    Node resolve(Node node, String path) {
        if (resolved.containsKey(node)) {
            Node known = resolved.get(node);
            return known != null ? known : replacement(node, path, "contains itself");
        }
        resolved.put(node, null);
        Node made = switch (node) {
            case ScalarNode scalar -> scalar(scalar, path);
            case SequenceNode sequence -> sequence(sequence, path);
            case MappingNode mapping -> mapping(mapping, path);
            default -> node;
        };
        resolved.put(node, made);
        return made;
    }

    private Node scalar(ScalarNode scalar, String path) {
        String hidden = scalar.getValue();
        if (!References.isIn(hidden)) {
            return scalar;
        }
        try {
            return new FilledNode(scalar, References.written(hidden), references.fill(hidden));
        } catch (IllegalArgumentException e) {
            return replacement(scalar, path, String.valueOf(e.getMessage()));
        }
    }

    private Node sequence(SequenceNode sequence, String path) {
        List<Node> items = new ArrayList<>();
        for (Node item : sequence.getValue()) {
            items.add(resolve(item, path + "[" + items.size() + "]"));
        }
        return new SequenceNode(
                sequence.getTag(),
                true,
                items,
                sequence.getFlowStyle(),
                sequence.getStartMark(),
                sequence.getEndMark());
    }

    private Node mapping(MappingNode mapping, String path) {
        List<NodeTuple> entries = new ArrayList<>();
        List<NodeTuple> merged = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (NodeTuple tuple : mapping.getValue()) {
            Node key = key(tuple.getKeyNode());
            String name = key instanceof ScalarNode scalar ? scalar.getValue() : "";
            Node value = resolve(tuple.getValueNode(), path.isEmpty() ? name : path + "." + name);
            if (name.equals(MERGE)) {
                merge(value, path, merged);
            } else {
                names.add(name);
                entries.add(new NodeTuple(key, value));
            }
        }
        for (NodeTuple tuple : merged) {
            if (!(tuple.getKeyNode() instanceof ScalarNode key) || names.add(key.getValue())) {
                entries.add(tuple);
            }
        }
        return new MappingNode(
                mapping.getTag(), true, entries, mapping.getFlowStyle(), mapping.getStartMark(), mapping.getEndMark());
    }

    /** A name is taken as it is written, also with a reference. */
    private static Node key(Node key) {
        return key instanceof ScalarNode scalar && References.isIn(scalar.getValue())
                ? new ScalarNode(
                        scalar.getTag(),
                        true,
                        References.written(scalar.getValue()),
                        scalar.getScalarStyle(),
                        scalar.getStartMark(),
                        scalar.getEndMark())
                : key;
    }

    /** Earlier mappings go first, as they do in YAML 1.1. */
    private void merge(Node value, String path, List<NodeTuple> into) {
        switch (value) {
            case MappingNode mapping -> into.addAll(mapping.getValue());
            case SequenceNode sequence
            when sequence.getValue().stream().allMatch(MappingNode.class::isInstance) ->
                sequence.getValue().forEach(each -> merge(each, path, into));
            default ->
                problems.error(
                        value.getStartMark(), path, "<< takes a mapping or a list of them, such as an alias of one");
        }
    }

    private Node replacement(Node node, String path, String message) {
        problems.error(node.getStartMark(), path, message);
        return new Unknown(node);
    }

    /** In place of a node with a problem; reading it makes no further one. */
    static final class Unknown extends ScalarNode {
        Unknown(Node node) {
            super(Tag.STR, true, "", ScalarStyle.DOUBLE_QUOTED, node.getStartMark(), node.getEndMark());
        }
    }
}
