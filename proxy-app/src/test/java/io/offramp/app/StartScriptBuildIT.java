package io.offramp.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.app.StartScript.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Builds and starts of the start script, in a source tree where Maven and Java only print their arguments. */
class StartScriptBuildIT {
    private static final String BUILDING = "offramp: building; a first build takes some minutes\n";
    private static final String BUILT = "mvn -B -Dstyle.color=never -Dquick -DwithoutTests package -pl proxy-app -am\n";

    private static final String MAKE = """
            mkdir -p proxy-app/target/offramp-1/offramp-1/lib
            touch proxy-app/target/offramp-1.tar.gz
            """;

    @TempDir
    private Path tree;

    private Path script;

    @BeforeEach
    void makeTree() throws IOException {
        script = executable("offramp", Files.readString(StartScript.ofSourceTree()));
        write("pom.xml", "");
        write("proxy-app/pom.xml", "");
        write("proxy-app/src/assembly/distribution.xml", "");
        write("proxy-core/src/main/java/Source.java", "");
        executable("scripts/maven", Files.readString(StartScript.ofSourceTree().resolveSibling("scripts/maven")));
        executable("scripts/java25", "#!/bin/sh\necho " + tree + "/jdk\n");
        executable("jdk/bin/java", "#!/bin/sh\nfor last; do :; done\necho java $last\n");
    }

    @Test
    void shouldBuildOnceWhenNothingIsBuilt() throws Exception {
        // Given
        withMaven();

        // When, Then
        assertThat(run()).isEqualTo(new Outcome(0, BUILDING + BUILT + "java version"));
        assertThat(run()).isEqualTo(new Outcome(0, "java version"));
    }

    @Test
    void shouldBuildAgainWhenASourceIsNewer() throws Exception {
        // Given
        withMaven();
        run();
        FileTime later = FileTime.from(Instant.now().plusSeconds(5));
        Files.setLastModifiedTime(tree.resolve("proxy-core/src/main/java/Source.java"), later);

        // When, Then
        assertThat(run()).isEqualTo(new Outcome(0, BUILDING + BUILT + "java version"));
    }

    @Test
    void shouldSayWhichModuleIsBuiltAndNothingElseOfMaven() throws Exception {
        // Given
        withMaven("""
                [INFO] Scanning for projects...
                Downloading from central: near://library.pom
                Downloaded from central: near://library.pom (1 kB at 2 kB/s)
                Downloading from central: near://library.jar
                [INFO] Building Offramp :: proxy-core 0.1.0-SNAPSHOT                 [7/11]
                [WARNING] something
                [INFO] BUILD SUCCESS""");

        // When, Then
        assertThat(run().output())
                .isEqualTo(BUILDING + "offramp: downloading libraries\n"
                        + "offramp: building proxy-core [7/11]\n"
                        + "[WARNING] something\n"
                        + "java version");
    }

    @Test
    void shouldStartWhatIsThereWhenThereIsNoMaven() throws Exception {
        // Given
        withMaven();
        run();
        Files.delete(tree.resolve("tools/mvn"));
        Files.delete(tree.resolve("proxy-app/target/offramp-1.tar.gz"));

        // When, Then
        assertThat(run()).isEqualTo(new Outcome(0, "java version"));
    }

    @Test
    void shouldSayOneSentenceWhenThereIsNeitherBuildNorMaven() throws Exception {
        assertThat(run())
                .isEqualTo(new Outcome(
                        1, "offramp: nothing is built yet, and Maven is missing: install Maven 3.8.7 or newer."));
    }

    @Test
    void shouldFailWhenTheBuildFails() throws Exception {
        // Given
        executable("tools/mvn", "#!/bin/sh\necho 'COMPILATION ERROR'\nexit 1\n");

        // When, Then
        assertThat(run()).isEqualTo(new Outcome(1, BUILDING + "COMPILATION ERROR\nofframp: the build failed"));
    }

    @Test
    void shouldSayOneSentenceWhenThereIsNoJdk() throws Exception {
        // Given
        executable("scripts/java25", "#!/bin/sh\necho 'No JDK here.' >&2\nexit 1\n");

        // When, Then
        assertThat(run()).isEqualTo(new Outcome(1, "No JDK here."));
    }

    private void withMaven() throws IOException {
        executable("tools/mvn", "#!/bin/sh\necho mvn \"$@\"\n" + MAKE);
    }

    private void withMaven(String output) throws IOException {
        executable("tools/mvn", "#!/bin/sh\ncat <<'END'\n" + output + "\nEND\n" + MAKE);
    }

    private Outcome run() throws IOException, InterruptedException {
        return StartScript.runWithTools(script, tree.resolve("tools"), "version");
    }

    private Path executable(String name, String text) throws IOException {
        Path file = write(name, text);
        assertThat(file.toFile().setExecutable(true)).isTrue();
        return file;
    }

    private Path write(String name, String text) throws IOException {
        Path file = tree.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }
}
