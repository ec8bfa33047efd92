package io.offramp.app.golden;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import io.offramp.app.CommandRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/** The schema of the configuration against the reader of the configuration, and against a validator of others. */
class SchemaTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path EXAMPLES = Path.of("../config");
    private static final String DEFINITIONS = "#/$defs/";

    private final String text = CommandRun.of("schema").out();

    @TempDir
    private Path directory;

    @Test
    void shouldHaveTheKeysThatTheReaderKnows() throws IOException {
        // Given
        JsonNode schema = JSON.readTree(text);

        // When
        SortedSet<String> keys = new TreeSet<>();
        collect(schema, schema, "", keys);
        keys.removeIf(key -> key.startsWith("upstreams.*[]")); // the short form of upstreams.*.servers, not asked for

        // Then
        assertThat(keys).containsExactlyElementsOf(ConfigKeys.known(directory));
    }

    @ParameterizedTest
    @MethodSource("examples")
    void shouldAcceptTheExamples(String file) throws IOException {
        assertThat(faults(Files.readString(EXAMPLES.resolve(file)))).isEmpty();
    }

    @Test
    void shouldAcceptWhatTheReaderAccepts() {
        assertThat(faults("""
                x-tls: &tls {cert: ${CERT}, versions: [1.3, "1.2"], tickets: false, record-size: 4KiB}
                include: [conf.d/*.yaml]
                listeners:
                  - {bind: ":8443", tls: *tls, http2: false, upstream: app, abort-on-fin: "${ABORT}"}
                upstreams:
                  app: {servers: [{address: "a:1", weight: 2}, "unix:app.sock"], balance: sticky, health: {check: tcp}}
                timeouts: {tunnel: 1d12h, drain: "${DRAIN:-1h30m}"}
                limits: {body: 0, head: 32kb}
                logging: {access: false}
                threads: "${THREADS}"
                """.replace("${CERT}", "\"${CERT}\""))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "threads: 1",
                "listeners: []",
                "listeners: [{bind: ':1'}]",
                "listeners: [{bind: ':1', tls: {cert: a}, upstreem: b}]",
                "listeners: [{bind: ':1', tls: {cert: a}, mode: https}]",
                "listeners: [{bind: ':1', tls: {cert: a, versions: ['1.1']}}]",
                "listeners: [{bind: ':1', tls: {cert: a}}]\ntimeouts: {idle: 10}",
                "listeners: [{bind: ':1', tls: {cert: a}}]\nlimits: {head: 1.5m}",
                "listeners: [{bind: ':1', tls: {cert: a}}]\nupstreams: {a: {servers: [{weight: 1}]}}",
                "listeners: [{bind: ':1', tls: {cert: a}}]\noffload: {device: {contexs: 1}}"
            })
    void shouldRefuseWhatTheReaderRefuses(String yaml) {
        assertThat(faults(yaml)).isNotEmpty();
    }

    static List<String> examples() throws IOException {
        try (Stream<Path> files = Files.list(EXAMPLES)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".yaml"))
                    .sorted()
                    .toList();
        }
    }

    private Set<String> faults(String yaml) {
        JsonSchema schema =
                JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(text);
        LoadSettings settings =
                LoadSettings.builder().setSchema(new CoreSchema()).build();
        JsonNode read = JSON.valueToTree(new Load(settings).loadFromString(yaml));
        return schema.validate(read).stream().map(ValidationMessage::getMessage).collect(Collectors.toSet());
    }

    /** In the form of {@link ConfigKeys}. */
    private static void collect(JsonNode node, JsonNode root, String path, Set<String> keys) {
        String reference = node.path("$ref").asText();
        if (!reference.isEmpty()) {
            collect(root.path("$defs").path(reference.substring(DEFINITIONS.length())), root, path, keys);
        }
        node.path("anyOf").forEach(each -> collect(each, root, path, keys));
        if (node.has("items")) {
            collect(node.path("items"), root, path + "[]", keys);
        }
        if (node.path("additionalProperties").isObject()) {
            collect(node.path("additionalProperties"), root, path + ".*", keys);
        }
        node.path("properties").properties().forEach(entry -> {
            String key = path.isEmpty() ? entry.getKey() : path + "." + entry.getKey();
            keys.add(key);
            collect(entry.getValue(), root, key, keys);
        });
    }
}
