package io.offramp.offload.tck.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every input of a module that fuzzing starts from, or once stumbled over, as a test: in the resources' fuzz folder.
 */
public abstract class FuzzCorpus {
    /** The target of an input. */
    public interface Target {
        /** Throws where the input finds a fault. */
        void run(byte[] input) throws Exception;
    }

    private final Map<String, Target> targets;

    /** @param targets by the name of their folder */
    protected FuzzCorpus(Map<String, Target> targets) {
        this.targets = targets;
    }

    @TestFactory
    Stream<DynamicTest> shouldStandEveryInputOfTheCorpus() throws Exception {
        Path corpus = Path.of(getClass().getResource("/fuzz").toURI());
        return targets.entrySet().stream()
                .flatMap(target -> inputs(corpus.resolve(target.getKey())).stream()
                        .map(input -> DynamicTest.dynamicTest(
                                target.getKey() + "/" + input.getFileName(),
                                () -> target.getValue().run(Files.readAllBytes(input)))));
    }

    private static List<Path> inputs(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> inputs = files.sorted().toList();
            assertThat(inputs).as(folder.toString()).isNotEmpty();
            return inputs;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
