package io.offramp.app.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.offramp.app.CommandRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Names that users build dashboards, alerts and scripts upon stay: those of metrics, configuration keys, JSON fields,
 * columns, fields of the access log, and exit codes. They are asked of what runs, and compared with
 * {@code src/test/resources/golden}. Where a change is meant:
 *
 * <pre>
 * mvn verify -pl proxy-app -Dit.test=GoldenNamesIT -Dtest=none -Dgolden.write=true
 *     -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false
 * </pre>
 *
 * writes these files anew; the commit then shows which names it takes away.
 */
class GoldenNamesIT {
    @TempDir
    private static Path directory;

    private static GoldenProxy proxy;
    private static String connections;

    @BeforeAll
    static void serve() throws Exception {
        proxy = new GoldenProxy(Files.createDirectory(directory.resolve("proxy")));
        proxy.page("/metrics"); // from now on, collections of garbage are counted
        connections = proxy.serveEveryMode();
        proxy.haveTroubles();
        proxy.runShortOfMemory();
    }

    @AfterAll
    static void stop() {
        if (proxy != null) {
            proxy.close();
        }
    }

    @Test
    void shouldKeepMetrics() throws Exception {
        new GoldenFile("metrics.txt").assertHolds(MetricNames.of(proxy.pageAtRest("/metrics")));
    }

    @Test
    void shouldGiveThePagePrometheusLinterNothingToSay() throws Exception {
        Path page = Files.writeString(directory.resolve("metrics.txt"), proxy.page("/metrics"));

        assertThat(Promtool.run(directory, page, "check", "metrics")).isEmpty();
    }

    @Test
    void shouldKeepNamesInTheKernelsStatistics() throws Exception {
        List<String> names = proxy.page("/tls_stat")
                .lines()
                .map(line -> line.split("\\s+")[0])
                .toList();

        new GoldenFile("tls-stat.txt").assertHolds(names);
    }

    @Test
    void shouldKeepConfigurationKeys() throws IOException {
        new GoldenFile("config-keys.txt").assertHolds(ConfigKeys.known(directory));
    }

    @Test
    void shouldKeepJsonFields() throws Exception {
        SortedSet<String> fields = new TreeSet<>();
        JsonPaths.of(connections).forEach(path -> fields.add("/connections: " + path));
        CommandRun whatif = CommandRun.of("whatif", capture().toString(), "--json");
        JsonPaths.of(whatif.out()).forEach(path -> fields.add("whatif --json: " + path));

        new GoldenFile("json-fields.txt").assertHolds(fields);
    }

    @Test
    void shouldKeepColumnsOfSessions() throws Exception {
        String header = proxy.page("/sessions").lines().findFirst().orElseThrow();

        new GoldenFile("sessions-columns.txt").assertHolds(Arrays.asList(header.split(",")));
    }

    @Test
    void shouldKeepFieldsOfTheAccessLog() throws IOException {
        await().until(() -> accessLines().stream().anyMatch(line -> line.contains(" method=TCP ")));
        List<List<String>> fields =
                accessLines().stream().map(AccessFields::of).distinct().toList();

        assertThat(fields).as("the same fields in each line").hasSize(1);
        new GoldenFile("access-log.txt").assertHolds(fields.getFirst());
    }

    @Test
    void shouldKeepExitCodes() throws Exception {
        new GoldenFile("exit-codes.txt").assertHolds(ExitCodes.in(directory, proxy, capture()));
    }

    private static Path capture() throws Exception {
        return Files.writeString(directory.resolve("sessions.csv"), proxy.page("/sessions"));
    }

    private static List<String> accessLines() {
        return proxy.printed().stream().filter(AccessFields::isLine).toList();
    }
}
