package io.offramp.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.ParameterException;

/** The commands that the Markdown files show: ours are understood, and scripts are there. */
class DocsCommandsTest {
    /** At the start of a line or behind a pipe, up to the shell's next sign, a comment or what may be left out. */
    private static final Pattern OURS =
            Pattern.compile("(?:^|\\| |\\$ |<\\()(?:(?:\\./|bin/)?offramp) ([a-z][^|>&;#)\\[]*)");

    private static final Pattern SPAN = Pattern.compile("`([^`]+)`");
    private static final Pattern SCRIPT =
            Pattern.compile("(?<![\\w./-])((?:scripts|bench|config|packaging|examples)/[a-z][\\w./-]*[\\w])");

    @Test
    void shouldShowCommandsThatAreUnderstood() throws IOException {
        // Given
        List<String> wrong = new ArrayList<>();
        int commands = 0;

        // When
        for (Path doc : MarkdownFiles.all()) {
            for (String command : commands(doc)) {
                commands++;
                String problem = problem(command);
                if (problem != null) {
                    wrong.add(MarkdownFiles.ROOT.relativize(doc) + ": " + command + ": " + problem);
                }
            }
        }

        // Then
        assertThat(wrong).isEmpty();
        assertThat(commands).isGreaterThan(30);
    }

    @Test
    void shouldNameScriptsAndFilesThatExist() throws IOException {
        List<String> missing = new ArrayList<>();
        int names = 0;
        for (Path doc : MarkdownFiles.all()) {
            for (String code : code(doc)) {
                for (MatchResult found : SCRIPT.matcher(code).results().toList()) {
                    names++;
                    if (!Files.exists(MarkdownFiles.ROOT.resolve(found.group(1)))) {
                        missing.add(MarkdownFiles.ROOT.relativize(doc) + ": " + found.group(1));
                    }
                }
            }
        }
        assertThat(missing).isEmpty();
        assertThat(names).isGreaterThan(50);
    }

    /** Null for none: a text may name a command or an option without its value. */
    private static @Nullable String problem(String command) {
        try {
            Main.commandLine().parseArgs(command.strip().split("\\s+"));
            return null;
        } catch (MissingParameterException e) {
            return null;
        } catch (ParameterException e) {
            return e.getMessage();
        }
    }

    private static List<String> commands(Path doc) throws IOException {
        return code(doc).stream()
                .flatMap(line -> OURS.matcher(line).results())
                .map(found -> found.group(1).replace("'", "").replace("\"", ""))
                .toList();
    }

    /** Lines of blocks, with those that continue them, and spans in the text. */
    private static List<String> code(Path doc) throws IOException {
        String block = String.join("\n", MarkdownFiles.code(doc)).replace("\\\n", " ");
        String text = String.join("\n", MarkdownFiles.prose(doc));
        Stream<String> spans =
                SPAN.matcher(text).results().map(found -> found.group(1).replace('\n', ' '));
        return Stream.concat(block.lines(), spans).toList();
    }
}
