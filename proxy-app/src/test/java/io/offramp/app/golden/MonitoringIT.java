package io.offramp.app.golden;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The alert rules and the dashboard that come with the distribution. */
class MonitoringIT {
    private static final Path DIRECTORY = Path.of("../config/monitoring");
    private static final Path NOTHING = Path.of("/dev/null");
    private static final Pattern METRIC = Pattern.compile("\\b(?:offramp|process)_[a-z0-9_]+");

    @Test
    void shouldFireOnWhatEachRuleIsFor() throws Exception {
        assertThat(Promtool.run(DIRECTORY, NOTHING, "check", "rules", "offramp-alerts.yaml"))
                .contains("SUCCESS: 15 rules found");
        assertThat(Promtool.run(DIRECTORY, NOTHING, "test", "rules", "offramp-alerts-test.yaml"))
                .contains("SUCCESS");
    }

    @Test
    void shouldTestEachRule() throws IOException {
        String tests = Files.readString(DIRECTORY.resolve("offramp-alerts-test.yaml"));
        Set<String> rules = Pattern.compile("- alert: (\\w+)")
                .matcher(Files.readString(DIRECTORY.resolve("offramp-alerts.yaml")))
                .results()
                .map(rule -> rule.group(1))
                .collect(Collectors.toSet());

        assertThat(rules).hasSize(15).allSatisfy(rule -> assertThat(tests).contains("alertname: " + rule));
    }

    @ParameterizedTest
    @ValueSource(strings = {"offramp-alerts.yaml", "offramp-alerts-test.yaml", "offramp-dashboard.json"})
    void shouldNameMetricsThatExist(String file) throws IOException {
        Set<String> used = METRIC.matcher(Files.readString(DIRECTORY.resolve(file)))
                .results()
                .map(MatchResult::group)
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(used).hasSizeGreaterThan(10).isSubsetOf(names());
    }

    @Test
    void shouldGiveEachPanelOfTheDashboardAQuery() throws IOException {
        JsonNode dashboard = new ObjectMapper()
                .readTree(DIRECTORY.resolve("offramp-dashboard.json").toFile());

        assertThat(dashboard.path("panels")).hasSizeGreaterThan(10).allSatisfy(panel -> {
            if (!panel.path("type").asText().equals("row")) {
                assertThat(panel.path("targets")).isNotEmpty();
                assertThat(panel.path("title").asText()).isNotEmpty();
            }
        });
    }

    private static Set<String> names() throws IOException {
        Path golden = Path.of("src/test/resources/golden/metrics.txt");
        return Files.readAllLines(golden, StandardCharsets.UTF_8).stream()
                .map(line -> line.split(" ")[0])
                .collect(Collectors.toSet());
    }
}
