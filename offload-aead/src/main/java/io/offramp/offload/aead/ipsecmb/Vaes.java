package io.offramp.offload.aead.ipsecmb;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Whether this CPU has the AES instructions for wide vectors: asked of Linux where the library cannot be asked. */
final class Vaes {
    private Vaes() {}

    static boolean isHere() {
        return isIn(Path.of("/proc/cpuinfo"));
    }

    /** Reads up to the first list of flags: all CPUs of a machine have the same. */
    static boolean isIn(Path cpuInfo) {
        try (Stream<String> lines = Files.lines(cpuInfo)) {
            return lines.filter(line -> line.startsWith("flags"))
                    .findFirst()
                    .map(flags -> List.of(flags.split(" ")).contains("vaes"))
                    .orElse(false);
        } catch (IOException e) {
            return false;
        }
    }
}
