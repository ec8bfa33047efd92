package io.offramp.proxy.config;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * A file and those that it includes, as one tree of nodes, each with its place. Included lists continue those of the
 * file, included mappings add to its mappings. Top-level keys that begin with {@code x-} are dropped: they hold
 * anchors.
 */
final class Documents {
    private static final String INCLUDE = "include";
    private static final String HOLDER = "x-";
    private static final int MAX_FILES = 256;

    private final Path file;
    private final Problems problems;
    private final NodeResolver resolver;
    private final Set<Path> read;

    /** @param read where each file is noted, and each directory that a pattern was looked for in */
    Documents(Path file, Problems problems, References references, Set<Path> read) {
        this.file = file;
        this.problems = problems;
        this.read = read;
        this.resolver = new NodeResolver(references, problems);
    }

    /** The root, or null after a problem; waits for the file if it is a pipe. */
    @Nullable
    Node rootOfAny() {
        return root(document(file, YamlFile.readAny(file, problems)));
    }

    /** The root, or null after a problem. */
    @Nullable
    Node root() {
        return root(document(file));
    }

    private @Nullable Node root(@Nullable Node main) {
        if (!(main instanceof MappingNode mapping)) {
            return main;
        }
        List<NodeTuple> entries = new ArrayList<>(mapping.getValue());
        for (Path each : included(mapping)) {
            switch (document(each)) {
                case null -> {}
                case MappingNode more -> more.getValue().forEach(entry -> add(entry, entries));
                case Node other ->
                    problems.error(other.getStartMark(), "", "expected a mapping, as in the file that includes it");
            }
        }
        entries.removeIf(entry -> name(entry).startsWith(HOLDER));
        return mapping(mapping, entries);
    }

    private @Nullable Node document(Path path) {
        return document(path, YamlFile.read(path, problems.of(path.toString())));
    }

    private @Nullable Node document(Path path, @Nullable String yaml) {
        read.add(path);
        Node node = yaml == null ? null : YamlFile.compose(yaml, path.toString(), problems);
        return node == null ? null : resolver.resolve(node, "");
    }

    private Set<Path> included(MappingNode main) {
        Set<Path> found = new LinkedHashSet<>();
        for (NodeTuple entry : main.getValue()) {
            if (name(entry).equals(INCLUDE)) {
                Value include = new Value(entry.getValueNode(), INCLUDE, problems);
                List<Value> patterns = include.isList() ? include.items("a list of files") : List.of(include);
                patterns.forEach(pattern -> found.addAll(files(pattern)));
                if (found.size() > MAX_FILES) {
                    include.error("must be at most " + MAX_FILES + " files, is " + found.size());
                    return Set.of();
                }
            }
        }
        return found;
    }

    private Set<Path> files(Value pattern) {
        String text = pattern.as(new Scalar<>("the name of a file, such as conf.d/*.yaml", written -> written));
        try {
            Path path = text == null ? null : file.resolveSibling(text);
            if (path == null || path.getFileName() == null) {
                return Set.of();
            }
            Set<Path> found = path.toString().matches(".*[*?\\[{].*") ? matching(path) : Set.of(path);
            for (Path each : found) {
                if (Files.exists(each) && Files.isSameFile(each, file)) {
                    pattern.error("includes itself");
                    return Set.of();
                }
            }
            return found;
        } catch (InvalidPathException | PatternSyntaxException e) {
            pattern.error("not a file name: " + e.getMessage());
        } catch (IOException | DirectoryIteratorException e) {
            pattern.error("no such directory: " + text);
        }
        return Set.of();
    }

    /** In the order of their names, whatever the file system's order is. Hidden ones are an editor's. */
    private Set<Path> matching(Path pattern) throws IOException {
        Path directory = Optional.ofNullable(pattern.getParent()).orElse(Path.of(""));
        read.add(directory);
        Set<Path> found = new TreeSet<>();
        try (DirectoryStream<Path> entries =
                Files.newDirectoryStream(directory, pattern.getFileName().toString())) {
            for (Path entry : entries) {
                if (Files.isRegularFile(entry)
                        && !entry.getFileName().toString().startsWith(".")) {
                    found.add(entry);
                }
            }
        }
        return found;
    }

    private void add(NodeTuple entry, List<NodeTuple> entries) {
        String name = name(entry);
        if (name.equals(INCLUDE)) {
            problems.error(entry.getKeyNode().getStartMark(), name, "only the main file includes others");
            return;
        }
        for (int i = 0; i < entries.size(); i++) {
            Node both = name(entries.get(i)).equals(name)
                    ? joined(entries.get(i).getValueNode(), entry.getValueNode())
                    : null;
            if (both != null) {
                entries.set(i, new NodeTuple(entries.get(i).getKeyNode(), both));
                return;
            }
        }
        entries.add(entry);
    }

    /** Null for values that cannot be joined: the key is then a duplicate. */
    private static @Nullable Node joined(Node first, Node second) {
        if (first instanceof SequenceNode a && second instanceof SequenceNode b) {
            List<Node> items =
                    Stream.concat(a.getValue().stream(), b.getValue().stream()).toList();
            return new SequenceNode(a.getTag(), true, items, a.getFlowStyle(), a.getStartMark(), a.getEndMark());
        }
        if (first instanceof MappingNode a && second instanceof MappingNode b) {
            return mapping(
                    a,
                    Stream.concat(a.getValue().stream(), b.getValue().stream()).toList());
        }
        return null;
    }

    private static MappingNode mapping(MappingNode like, List<NodeTuple> entries) {
        return new MappingNode(
                like.getTag(), true, entries, like.getFlowStyle(), like.getStartMark(), like.getEndMark());
    }

    private static String name(NodeTuple entry) {
        return entry.getKeyNode() instanceof ScalarNode key ? key.getValue() : "";
    }
}
