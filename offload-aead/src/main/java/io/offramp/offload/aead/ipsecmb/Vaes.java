package io.offramp.offload.aead.ipsecmb;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Whether this CPU has what the library's fastest code needs, {@link Level#VAES_AVX512}: asked of Linux where the
 * library cannot be asked.
 */
final class Vaes {
    private static final Set<String> FLAGS =
            Set.of("vaes", "vpclmulqdq", "avx512f", "avx512dq", "avx512cd", "avx512bw", "avx512vl");

    private Vaes() {}

    static boolean isHere() {
        return isIn(Path.of("/proc/cpuinfo"));
    }

    /** Reads up to the first list of flags: all CPUs of a machine have the same. */
    static boolean isIn(Path cpuInfo) {
        try (Stream<String> lines = Files.lines(cpuInfo)) {
            return lines.filter(line -> line.startsWith("flags"))
                    .findFirst()
                    .map(flags -> List.of(flags.split(" ")).containsAll(FLAGS))
                    .orElse(false);
        } catch (IOException e) {
            return false;
        }
    }
}
