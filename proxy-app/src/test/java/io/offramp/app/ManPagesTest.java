package io.offramp.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ManPagesTest {
    private static final Pattern MACRO = Pattern.compile("\\.(TH|SH|PP|TP|B|BR|nf|fi)( .*)?");

    @TempDir
    private Path directory;

    @BeforeEach
    void write() {
        assertThat(CommandRun.of("man", directory.toString())).isEqualTo(new CommandRun(0, "", ""));
    }

    @Test
    void shouldHaveAPageForEachCommandThatTheHelpLists() throws IOException {
        Stream<String> commands = Main.commandLine().getSubcommands().entrySet().stream()
                .filter(each -> !each.getValue().getCommandSpec().usageMessage().hidden())
                .map(each -> "offramp-" + each.getKey() + ".1")
                .filter(name -> !name.equals("offramp-help.1"));

        assertThat(names())
                .containsAll(commands.toList())
                .contains("offramp-device-set.1")
                .doesNotContain("offramp-man.1", "offramp-help.1");
    }

    @Test
    void shouldSayWhatTheHelpSays() throws IOException {
        // Given
        CommandLine reload =
                Objects.requireNonNull(Main.commandLine().getSubcommands().get("reload"));

        // When
        String page = Files.readString(directory.resolve("offramp-reload.1"));

        // Then
        assertThat(page)
                .startsWith(".TH OFFRAMP\\-RELOAD 1 ")
                .contains("\n.SH NAME\nofframp\\-reload \\- ")
                .contains("\n.SH SYNOPSIS\nofframp reload [")
                .contains("\n.SH EXIT STATUS\n.TP\n.B 0\n")
                .contains("\n.SH EXAMPLES\n.nf\n");
        reload.getCommandSpec()
                .options()
                .forEach(
                        option -> assertThat(page).contains(option.longestName().replace("-", "\\-")));
        assertThat(page).contains("default: 127.0.0.1:9090").doesNotContain("${", "%n", "@|");
    }

    @Test
    void shouldUseMacrosOfManOnly() throws IOException {
        for (String name : names()) {
            List<String> lines = Files.readAllLines(directory.resolve(name));
            assertThat(lines)
                    .as(name)
                    .filteredOn(line -> line.startsWith(".") || line.startsWith("'"))
                    .allMatch(MACRO.asMatchPredicate());
        }
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(each -> each.getFileName().toString()).toList();
        }
    }
}
