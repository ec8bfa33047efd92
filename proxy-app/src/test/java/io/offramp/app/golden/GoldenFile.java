package io.offramp.app.golden;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/**
 * Names that users build upon, one a line, as {@code src/test/resources/golden} keeps them. Lines that begin with
 * {@code #} say what the names are. The system property {@value #WRITE}, set to {@code true}, writes the names anew
 * instead of comparing them.
 */
final class GoldenFile {
    private static final String WRITE = "golden.write";
    private static final Path DIRECTORY = Path.of("src/test/resources/golden");

    private final Path file;

    /** @param name of a file that is there, if only with its comment */
    GoldenFile(String name) {
        file = DIRECTORY.resolve(name);
    }

    /**
     * Fails with the names that were lost and those that were added; or, where these are the same, with their new
     * order.
     */
    void assertHolds(Collection<String> names) throws IOException {
        List<String> found = List.copyOf(names);
        assertThat(found).as("names found for %s", file).isNotEmpty().doesNotHaveDuplicates();
        if (Boolean.getBoolean(WRITE)) {
            Files.write(file, Stream.concat(comment().stream(), found.stream()).toList());
        }
        List<String> kept = lines(false);
        List<String> lost = without(kept, found);
        List<String> added = without(found, kept);
        assertThat(lost.isEmpty() && added.isEmpty())
                .as("%s: lost %s, added %s", file, lost, added)
                .isTrue();
        assertThat(found).as("order of %s", file).isEqualTo(kept);
    }

    private List<String> comment() throws IOException {
        return lines(true);
    }

    private List<String> lines(boolean comment) throws IOException {
        return Files.readAllLines(file).stream()
                .filter(line -> line.startsWith("#") == comment)
                .toList();
    }

    private static List<String> without(List<String> all, List<String> others) {
        List<String> rest = new ArrayList<>(all);
        rest.removeAll(others);
        return rest;
    }
}
