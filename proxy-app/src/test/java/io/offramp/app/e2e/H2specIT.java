package io.offramp.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** All tests of h2spec. It has a program for x86 alone. */
class H2specIT {
    private static final int TESTS = 146;

    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource(names = {"SW", "HW"})
    void shouldPassEveryTest(OffloadMode policy) throws Exception {
        assumeTrue(System.getProperty("os.arch").equals("amd64"), "h2spec has no program for this processor");
        H2spec h2spec = new H2spec(directory);
        try (RunningProxy proxy = RunningProxy.http(policy, policy)) {
            H2spec.Report report = h2spec.run(proxy.port(), "/bytes/1024");

            System.out.printf(
                    "h2spec 2.2.0, %s: %d tests, %d failed%n",
                    policy, report.ran(), report.failed().size());
            assertThat(report.failed()).isEmpty();
            assertThat(report.ran()).isEqualTo(TESTS);
        }
    }
}
