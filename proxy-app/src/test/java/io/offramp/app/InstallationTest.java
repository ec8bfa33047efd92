package io.offramp.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.offramp.offload.OffloadProvider;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Jars of others on the class path. */
class InstallationTest {
    private final Logger logger = (Logger) LoggerFactory.getLogger(Installation.class);
    private final ListAppender<ILoggingEvent> told = new ListAppender<>();
    private final ClassLoader before = Thread.currentThread().getContextClassLoader();

    @TempDir
    private Path plugin;

    @BeforeEach
    void listen() {
        told.start();
        logger.setAdditive(false);
        logger.addAppender(told);
    }

    @AfterEach
    void restore() {
        Thread.currentThread().setContextClassLoader(before);
        logger.detachAppender(told);
        logger.setAdditive(true);
    }

    @Test
    void shouldLeaveOutABackendThatCannotBeLoaded() throws Exception {
        assertThat(backendsBeside("com.example.Nope\n")).contains("sw", "device");
        assertThat(told.list)
                .singleElement()
                .asString()
                .endsWith("a backend cannot be loaded, and is left out: " + OffloadProvider.class.getName()
                        + ": Provider com.example.Nope not found");
    }

    @Test
    void shouldNameTheFileThatNamesNoClass() throws Exception {
        assertThat(backendsBeside("no class at all\n")).contains("sw", "device");
        assertThat(told.list)
                .singleElement()
                .asString()
                .contains(plugin.toString(), "Illegal configuration-file syntax");
    }

    @Test
    void shouldNameEachClassThatIsNoBackend() throws Exception {
        assertThat(backendsBeside(DocsTest.class.getName() + "\n" + FlagsTest.class.getName() + "\n"))
                .contains("sw", "device");
        assertThat(told.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .anyMatch(line -> line.endsWith("io.offramp.app.DocsTest not a subtype"))
                .anyMatch(line -> line.endsWith("io.offramp.app.FlagsTest not a subtype"));
    }

    @Test
    void shouldNameAPluginThatIsNoJar() throws Exception {
        Path jar = Files.writeString(
                Files.createDirectory(plugin.resolve("plugins")).resolve("broken.jar"), "random bytes");

        Installation.checkPlugins("lib/proxy-app.jar:x.jar:" + jar);

        assertThat(told.list).singleElement().asString().contains(jar + " cannot be loaded, and is left out: zip");
    }

    private List<String> backendsBeside(String services) throws Exception {
        Path directory = Files.createDirectories(plugin.resolve("META-INF/services"));
        Files.writeString(directory.resolve(OffloadProvider.class.getName()), services);
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {plugin.toUri().toURL()}, before)) {
            Thread.currentThread().setContextClassLoader(loader);
            return Installation.current().backends().stream()
                    .map(OffloadProvider::name)
                    .toList();
        }
    }
}
