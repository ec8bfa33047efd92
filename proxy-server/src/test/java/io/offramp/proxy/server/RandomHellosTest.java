package io.offramp.proxy.server;

import static org.assertj.core.api.Assertions.fail;

import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What the fuzz target Hellos does, with bytes that no coverage has guided. */
class RandomHellosTest {
    private static final int ROUNDS = 2000;

    @Test
    void shouldStandRandomHellosAndFlights() {
        for (int seed = 0; seed < ROUNDS; seed++) {
            Random random = new Random(seed);
            byte[] input = new byte[random.nextInt(200)];
            random.nextBytes(input);
            try {
                HellosFuzz.fuzzerTestOneInput(input);
            } catch (Exception e) {
                fail("seed " + seed + ", " + HexFormat.of().formatHex(input), e);
            }
        }
    }
}
