package io.offramp.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.offramp.offload.Availability;
import io.offramp.offload.RecordOffload;
import io.offramp.offload.ktls.KtlsProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

/** The kernel's own counters of TLS. */
final class KernelStat {
    private static final Path FILE = Path.of("/proc/net/tls_stat");

    private KernelStat() {}

    /**
     * If the running kernel has no TLS, skips the tests of a class with the cause, or fails under
     * {@code scripts/with-ktls}.
     */
    static void assumeKernelTls() {
        try (RecordOffload ktls = new KtlsProvider().open(Map.of())) {
            if (ktls.availability() instanceof Availability.Unavailable(String cause)) {
                assertThat(System.getenv("WITH_KTLS"))
                        .as("ktls is unavailable: " + cause)
                        .isNull();
                assumeTrue(false, "ktls is unavailable: " + cause);
            }
        }
    }

    /** A counter by its name: {@code TlsTxSw}. */
    static long value(String name) throws IOException {
        return Files.readAllLines(FILE).stream()
                .map(line -> line.split("\\s+"))
                .filter(words -> words[0].equals(name))
                .mapToLong(words -> Long.parseLong(words[1]))
                .findFirst()
                .orElseThrow(() -> new IOException(FILE + " has no " + name));
    }

    /** Sessions given to the kernel since its start, in its software or a NIC. */
    static long installed(String direction) throws IOException {
        return value("Tls" + direction + "Sw") + value("Tls" + direction + "Device");
    }

    /** Sessions that the kernel has now. */
    static long current(String direction) throws IOException {
        return value("TlsCurr" + direction + "Sw") + value("TlsCurr" + direction + "Device");
    }

    /** True if the key of a direction can be changed: Linux 6.14 has a counter for that. */
    static boolean rekeys() throws IOException {
        return Files.readString(FILE).contains("TlsTxRekeyOk");
    }

    /** Open descriptors of this process. */
    static long descriptors() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.count();
        }
    }
}
