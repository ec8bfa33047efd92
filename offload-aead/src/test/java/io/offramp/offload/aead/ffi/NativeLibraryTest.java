package io.offramp.offload.aead.ffi;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.offload.aead.ffi.NativeLibrary.Missing;
import java.util.List;
import org.junit.jupiter.api.Test;

class NativeLibraryTest {
    @Test
    void shouldSayWhatIsMissing() {
        assertThat(NativeLibrary.load(List.of("libnothing.so.3", "/nowhere/libnothing.so.3")))
                .isEqualTo(new Missing("no libnothing.so.3 on this machine"));
    }
}
