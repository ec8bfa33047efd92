package io.offramp.proxy.route;

import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random routes and targets for the model of {@link RoutesFuzz}. */
class RouteModelTest {
    private static final List<String> PIECES = List.of(
            "/a", "/b", "/", "//", "/.", "/..", "/admin", "%2f", "%61", "\\", ";x", "?q", "%00", "%2561", "/x", "%c0",
            "/a/b", "..;", "%5c");
    private static final List<String> NAMES = List.of(
            "", "a.example", "B.A.example.", "x.example:1", "%61.example", "c.b.a.example", "other", "abc.example");

    @Test
    void shouldFindWhatThePlainModelFinds() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            byte[] input = input(random);
            assertThatCode(() -> RoutesFuzz.fuzzerTestOneInput(input))
                    .as("seed %d: %s", seed, new String(input, StandardCharsets.ISO_8859_1))
                    .doesNotThrowAnyException();
        }
    }

    private static byte[] input(Random random) {
        int routes = 1 + random.nextInt(30);
        ByteArrayOutputStream input = new ByteArrayOutputStream();
        input.write(routes);
        byte[] choices = new byte[routes];
        random.nextBytes(choices);
        input.writeBytes(choices);
        StringBuilder lines = new StringBuilder(NAMES.get(random.nextInt(NAMES.size()))).append("\n/");
        for (int i = random.nextInt(5); i > 0; i--) {
            lines.append(PIECES.get(random.nextInt(PIECES.size())));
        }
        input.writeBytes(lines.toString().getBytes(StandardCharsets.ISO_8859_1));
        return input.toByteArray();
    }
}
