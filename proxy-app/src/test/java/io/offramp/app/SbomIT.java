package io.offramp.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The SBOM of the distribution (CycloneDX 1.6) against its jars. */
class SbomIT {
    private final List<Component> components = new ArrayList<>();
    private final Map<String, String> top = new HashMap<>();
    private Path distribution;

    /** @param file its name in {@code lib} and in a local repository */
    private record Component(String group, String name, String version, String file, String sha256) {
        boolean isRepacked() {
            return group.equals("org.bouncycastle") || group.equals("software.amazon.cryptools");
        }
    }

    @BeforeEach
    void read() throws IOException {
        distribution = StartScript.distribution();
        try (JsonParser json =
                new JsonFactory().createParser(distribution.resolve("sbom.json").toFile())) {
            json.nextToken();
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String field = json.currentName();
                if (json.nextToken() == JsonToken.START_ARRAY && field.equals("components")) {
                    while (json.nextToken() == JsonToken.START_OBJECT) {
                        components.add(component(flat(json, "", new HashMap<>())));
                    }
                } else if (field.equals("metadata")) {
                    flat(json, "", top);
                } else if (json.currentToken().isScalarValue()) {
                    top.put(field, json.getText());
                } else {
                    json.skipChildren();
                }
            }
        }
    }

    @Test
    void shouldBeOfAFormThatScannersRead() {
        assertThat(top)
                .containsEntry("bomFormat", "CycloneDX")
                .containsEntry("specVersion", "1.6")
                .containsEntry("component.name", "proxy-app")
                .containsEntry("component.type", "application")
                .as("the same for the same sources")
                .doesNotContainKey("serialNumber");
    }

    @Test
    void shouldNameEveryJarThatIsShippedAndNoOther() throws Exception {
        // Given what it says: whole jars by their names, and those in one jar
        TreeSet<String> said = new TreeSet<>();
        components.forEach(each -> said.add(each.isRepacked() ? "providers.jar" : each.file()));
        said.add(top.get("component.name") + "-" + top.get("component.version") + ".jar");

        // Then they are what is there
        try (Stream<Path> lib = Files.list(distribution.resolve("lib"))) {
            assertThat(lib.map(jar -> jar.getFileName().toString())).containsExactlyInAnyOrderElementsOf(said);
        }
    }

    @Test
    void shouldGiveTheHashOfEveryJarThatIsNotOurs() throws Exception {
        List<Component> others = components.stream()
                .filter(each -> !each.group().equals("io.offramp"))
                .toList();
        assertThat(others).hasSizeGreaterThan(20);
        for (Component each : others) {
            Path jar = each.isRepacked()
                    ? onClassPath(each.file())
                    : distribution.resolve("lib").resolve(each.file());
            assertThat(sha256(jar)).as(each.file()).isEqualTo(each.sha256());
        }
    }

    @Test
    void shouldShowScannersWhatIsInTheJarOfProviders() throws Exception {
        List<Component> repacked =
                components.stream().filter(Component::isRepacked).toList();
        assertThat(repacked).hasSize(5);
        try (JarFile providers =
                new JarFile(distribution.resolve("lib/providers.jar").toFile())) {
            // Then it names each of them with its version
            for (Component each : repacked) {
                Properties pom = new Properties();
                String name = "META-INF/maven/" + each.group() + "/" + each.name() + "/pom.properties";
                try (InputStream in = providers.getInputStream(providers.getEntry(name))) {
                    pom.load(in);
                }
                assertThat(pom)
                        .as(name)
                        .containsEntry("version", each.version())
                        .containsEntry("groupId", each.group())
                        .containsEntry("artifactId", each.name());
            }
            assertThat(providers.stream().filter(entry -> entry.getName().endsWith("pom.properties")))
                    .hasSize(5);

            // And it holds exactly the classes of that version
            for (Component each : repacked) {
                try (JarFile original = new JarFile(onClassPath(each.file()).toFile())) {
                    List<String> others = original.stream()
                            .filter(entry -> entry.getName().endsWith(".class")
                                    && !entry.getName().contains("module-info"))
                            .filter(entry -> !isSame(entry, providers.getEntry(entry.getName())))
                            .map(ZipEntry::getName)
                            .toList();
                    assertThat(others).as(each.file()).isEmpty();
                }
            }
        }
    }

    private static boolean isSame(ZipEntry one, ZipEntry other) {
        return other != null && one.getCrc() == other.getCrc() && one.getSize() == other.getSize();
    }

    /** The signed jar, from a local repository. */
    private static Path onClassPath(String file) {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(each -> each.endsWith(File.separator + file))
                .map(Path::of)
                .findFirst()
                .orElseThrow(() -> new AssertionError("not what was built with: " + file));
    }

    private static Component component(Map<String, String> fields) {
        String group = Objects.requireNonNull(fields.get("group"));
        String name = Objects.requireNonNull(fields.get("name"));
        String version = Objects.requireNonNull(fields.get("version"));
        String purl = Objects.requireNonNull(fields.get("purl"));
        assertThat(purl).startsWith("pkg:maven/" + group + "/" + name + "@" + version);
        String classifier = purl.contains("classifier=") ? "-" + purl.replaceAll(".*classifier=([^&]*).*", "$1") : "";
        return new Component(
                group,
                name,
                version,
                name + "-" + version + classifier + ".jar",
                String.valueOf(fields.get("hashes.SHA-256")));
    }

    /** The scalars of an object; nested ones have the form {@code name.field}, hashes are by algorithm. */
    private static Map<String, String> flat(JsonParser json, String prefix, Map<String, String> fields)
            throws IOException {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = prefix + json.currentName();
            JsonToken value = json.nextToken();
            if (value == JsonToken.START_OBJECT) {
                flat(json, name + ".", fields);
            } else if (value == JsonToken.START_ARRAY && name.equals("hashes")) {
                while (json.nextToken() == JsonToken.START_OBJECT) {
                    Map<String, String> hash = flat(json, "", new HashMap<>());
                    fields.put("hashes." + hash.get("alg"), hash.get("content"));
                }
            } else if (value == JsonToken.START_ARRAY) {
                json.skipChildren();
            } else {
                fields.put(name, json.getText());
            }
        }
        return fields;
    }

    private static String sha256(Path file) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    }
}
