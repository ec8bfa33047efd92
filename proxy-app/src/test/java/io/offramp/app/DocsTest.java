package io.offramp.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Checks the Markdown files of the tree: their links, and their length. */
class DocsTest {
    private static final Pattern LINK = Pattern.compile("]\\(([^)#\\s]*)(?:#([^)\\s]*))?\\)");
    private static final int MOST_COLUMNS = 120;

    @Test
    void shouldLinkToFilesAndHeadingsThatExist() throws IOException {
        // Given
        List<String> dead = new ArrayList<>();
        int links = 0;

        // When
        for (Path doc : MarkdownFiles.all()) {
            for (String line : MarkdownFiles.prose(doc)) {
                Matcher link = LINK.matcher(line);
                while (link.find()) {
                    if (!link.group(1).contains("://")) {
                        links++;
                        if (!exists(doc, link.group(1), link.group(2))) {
                            dead.add(MarkdownFiles.ROOT.relativize(doc) + ": " + link.group());
                        }
                    }
                }
            }
        }

        // Then
        assertThat(dead).isEmpty();
        assertThat(links).isGreaterThan(20);
    }

    @Test
    void shouldKeepLinesOfProseAt120Columns() throws IOException {
        List<String> tooLong = new ArrayList<>();
        for (Path doc : MarkdownFiles.all()) {
            for (String line : MarkdownFiles.prose(doc)) {
                boolean isTable = line.stripLeading().startsWith("|");
                if (line.length() > MOST_COLUMNS && !isTable && !line.contains("://")) {
                    tooLong.add(MarkdownFiles.ROOT.relativize(doc) + ": " + line);
                }
            }
        }
        assertThat(tooLong).isEmpty();
    }

    @Test
    void shouldKeepTheEntranceShort() throws IOException {
        Path root = MarkdownFiles.ROOT;
        assertThat(Files.readAllLines(root.resolve("README.md"))).hasSizeLessThanOrEqualTo(120);
        assertThat(Files.readAllLines(root.resolve("docs/ARCHITECTURE.md"))).hasSizeLessThanOrEqualTo(250);
    }

    private static boolean exists(Path doc, String file, @Nullable String heading) throws IOException {
        Path target = file.isEmpty() ? doc : doc.resolveSibling(file).normalize();
        return Files.exists(target) && (heading == null || anchors(target).contains(heading));
    }

    /** The headings of a file as links name them: lower case, dashes for blanks, without other marks. */
    private static List<String> anchors(Path doc) throws IOException {
        return MarkdownFiles.prose(doc).stream()
                .filter(line -> line.startsWith("#"))
                .map(line -> line.replaceFirst("^#+ ", "").toLowerCase(Locale.ROOT))
                .map(line -> line.replaceAll("[^\\p{Alnum} _-]", "").replace(' ', '-'))
                .toList();
    }
}
