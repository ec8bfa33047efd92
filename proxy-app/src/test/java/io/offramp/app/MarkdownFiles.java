package io.offramp.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** The Markdown files of the tree: at the top, in {@code docs}, and the README of each module. */
final class MarkdownFiles {
    static final Path ROOT = Objects.requireNonNull(Path.of("").toAbsolutePath().getParent());

    private static final String FENCE = "```";

    private MarkdownFiles() {}

    static List<Path> all() throws IOException {
        List<Path> docs = new ArrayList<>();
        try (Stream<Path> top = Files.list(ROOT);
                Stream<Path> pages = Files.list(ROOT.resolve("docs"))) {
            top.map(at -> Files.isDirectory(at) ? at.resolve("README.md") : at)
                    .filter(Files::isRegularFile)
                    .forEach(docs::add);
            pages.forEach(docs::add);
        }
        docs.removeIf(file -> !file.toString().endsWith(".md"));
        return docs;
    }

    /** The lines outside of code blocks. */
    static List<String> prose(Path doc) throws IOException {
        return lines(doc, false);
    }

    /** The lines of code blocks. */
    static List<String> code(Path doc) throws IOException {
        return lines(doc, true);
    }

    private static List<String> lines(Path doc, boolean ofCode) throws IOException {
        List<String> lines = new ArrayList<>();
        boolean isCode = false;
        for (String line : Files.readAllLines(doc)) {
            if (line.stripLeading().startsWith(FENCE)) {
                isCode = !isCode;
            } else if (isCode == ofCode) {
                lines.add(line);
            }
        }
        return lines;
    }
}
