package io.offramp.offload.aead.ipsecmb;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.offload.Availability;
import io.offramp.offload.aead.ffi.NativeLibrary;
import io.offramp.offload.key.AeadSuite;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OtherVersionTest {
    @Test
    @SuppressWarnings("restricted") // a library of our own
    void shouldUseNoLibraryWhoseVersionItDoesNotKnow() {
        MemorySegment version = Linker.nativeLinker()
                .upcallStub(
                        MethodHandles.constant(long.class, 0x10500L), FunctionDescriptor.of(JAVA_LONG), Arena.global());

        IpsecMbEngine engine = new IpsecMbEngine(new NativeLibrary.Loaded(
                name -> name.equals("imb_get_version") ? Optional.of(version) : Optional.empty()));

        assertThat(engine.availability())
                .isEqualTo(Availability.unavailable("only version 1.3 is known, this is 1.5.0"));
        assertThat(engine.supports(AeadSuite.AES_128_GCM)).isFalse();
    }
}
