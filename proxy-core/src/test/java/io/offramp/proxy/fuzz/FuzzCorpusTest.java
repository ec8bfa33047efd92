package io.offramp.proxy.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.proxy.flow.ConnectionsFuzz;
import io.offramp.proxy.handshake.ClientHelloFuzz;
import io.offramp.proxy.handshake.PemFuzz;
import io.offramp.proxy.handshake.TicketFuzz;
import io.offramp.proxy.http.codec.MessagesFuzz;
import io.offramp.proxy.server.HellosFuzz;
import io.offramp.proxy.session.RecordsFuzz;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every input that fuzzing starts from, or once stumbled over, as a test. */
class FuzzCorpusTest {
    private static final Map<String, Target> TARGETS = Map.of(
            "ClientHello", ClientHelloFuzz::fuzzerTestOneInput,
            "Connections", ConnectionsFuzz::fuzzerTestOneInput,
            "Hellos", HellosFuzz::fuzzerTestOneInput,
            "Messages", MessagesFuzz::fuzzerTestOneInput,
            "Pem", PemFuzz::fuzzerTestOneInput,
            "Records", RecordsFuzz::fuzzerTestOneInput,
            "Ticket", TicketFuzz::fuzzerTestOneInput);

    private interface Target {
        void run(byte[] input) throws Exception;
    }

    @TestFactory
    Stream<DynamicTest> shouldStandEveryInputOfTheCorpus() throws Exception {
        Path corpus = Path.of(FuzzCorpusTest.class.getResource("/fuzz").toURI());
        return TARGETS.entrySet().stream()
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
