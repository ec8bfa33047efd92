package io.offramp.offload.aead.ipsecmb;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VaesTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        "flags\t\t: fpu aes avx512f avx512dq avx512cd avx512bw avx512vl vaes vpclmulqdq, true",
        "flags\t\t: fpu aes avx512f avx512dq avx512cd avx512bw avx512vl, false",
        "flags\t\t: fpu aes avx2 vaes vpclmulqdq, false",
        "flags\t\t: fpu aes, false",
        "vmx flags\t: avx512f avx512dq avx512cd avx512bw avx512vl vaes vpclmulqdq, false",
        "Features\t: fp aes, false"
    })
    void shouldFindTheFlags(String line, boolean isThere) throws IOException {
        Path cpuInfo = Files.writeString(folder.resolve("cpuinfo"), "processor\t: 0\n" + line + "\n\nprocessor\t: 1\n");
        assertThat(Vaes.isIn(cpuInfo)).isEqualTo(isThere);
    }
}
