package io.offramp.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Checks docs/compliance.md against the tree: each class, method and row of a table that it names exists. A reader and
 * {@code scripts/mutate} judge whether the test proves the rule.
 */
class ComplianceTest {
    private static final Path ROOT =
            Objects.requireNonNull(Path.of("").toAbsolutePath().getParent());

    /** Between backticks: {@code Class#method}, {@code package.Class#method}, {@code #method}, {@code SomeTest}. */
    private static final Pattern NAME = Pattern.compile("`((?:[a-z0-9.]+\\.)?([A-Z]\\w+))?(?:#(\\w+))?`");

    private static final Pattern TEST = Pattern.compile("\\w+(Test|IT|Contract|Fixture|Fuzz)");
    private static final Pattern PARENT = Pattern.compile("class \\w+(?:<[^{]*>)?\\s+extends (\\w+)");
    private static final Pattern CASES = Pattern.compile("table: ([^;|`]+)");
    private static final int LEAST_NAMES = 400;

    @Test
    void shouldNameClassesAndMethodsThatExist() throws IOException {
        // Given
        Map<String, List<Path>> sources = sources();
        List<String> missing = new ArrayList<>();
        int names = 0;

        // When
        for (String line : compliance()) {
            String current = null;
            Matcher name = NAME.matcher(line);
            while (name.find()) {
                current = name.group(2) == null ? current : name.group(2);
                String method = name.group(3);
                boolean isClaim = method != null
                        || current != null && TEST.matcher(current).matches();
                if (isClaim && name.group().length() > 2) {
                    names++;
                    if (current == null || !exists(sources, current, method)) {
                        missing.add(name.group() + " of " + current + " in: " + line);
                    }
                }
            }
        }

        // Then
        assertThat(missing).isEmpty();
        assertThat(names).isGreaterThan(LEAST_NAMES);
    }

    /** "table: …" names rows of one test. */
    @Test
    void shouldNameCasesThatExist() throws IOException {
        String table = Files.readString(
                Objects.requireNonNull(sources().get("TlsSessionAlertTest")).getFirst());
        List<String> missing = new ArrayList<>();
        int cases = 0;
        for (String line : compliance()) {
            Matcher named = CASES.matcher(line);
            while (line.startsWith("| ") && named.find()) {
                for (String one : named.group(1).strip().split(", ")) {
                    cases++;
                    if (!table.contains("\"" + one.strip() + "\"")) {
                        missing.add(one + " in: " + line);
                    }
                }
            }
        }
        assertThat(missing).isEmpty();
        assertThat(cases).isGreaterThan(20);
    }

    private static List<String> compliance() throws IOException {
        return Files.readAllLines(ROOT.resolve("docs/compliance.md"));
    }

    /** True if a class of this name, or one that it extends, has the method. */
    private static boolean exists(Map<String, List<Path>> sources, String type, String method) throws IOException {
        for (Path source : sources.getOrDefault(type == null ? "" : type, List.of())) {
            String text = Files.readString(source);
            boolean isTest = TEST.matcher(type).matches();
            if (method == null
                    || Pattern.compile((isTest ? "void " : "\\b") + method + "\\(")
                            .matcher(text)
                            .find()) {
                return true;
            }
            Matcher parent = PARENT.matcher(text);
            if (parent.find() && exists(sources, parent.group(1), method)) {
                return true;
            }
        }
        return false;
    }

    /** Sources of all modules by the name of their class. */
    private static Map<String, List<Path>> sources() throws IOException {
        Map<String, List<Path>> sources = new HashMap<>();
        try (Stream<Path> modules = Files.list(ROOT)) {
            for (Path module : modules.map(at -> at.resolve("src"))
                    .filter(Files::isDirectory)
                    .toList()) {
                try (Stream<Path> files = Files.walk(module)) {
                    files.filter(file -> file.toString().endsWith(".java"))
                            .forEach(file -> sources.computeIfAbsent(
                                            file.getFileName().toString().replace(".java", ""),
                                            key -> new ArrayList<>())
                                    .add(file));
                }
            }
        }
        return sources;
    }
}
