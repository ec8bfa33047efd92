package io.offramp.offload.aead.ipsecmb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.offramp.offload.Availability;
import io.offramp.offload.aead.ffi.NativeLibrary;
import io.offramp.offload.key.AeadSuite;
import java.util.List;
import org.junit.jupiter.api.Test;

class MissingLibraryTest {
    private final IpsecMbEngine engine = new IpsecMbEngine(NativeLibrary.load(List.of("libIPSec_MB.so.none")));

    @Test
    void shouldSayWhatTheLibraryWouldBring() {
        String gain = "no libIPSec_MB.so.none on this machine (Debian: libipsec-mb1); it seals AES-GCM two to four "
                + "times as fast on a CPU with VAES and AVX-512, which this one ";
        assertThat(engine.availability())
                .isIn(Availability.unavailable(gain + "has"), Availability.unavailable(gain + "lacks"));
    }

    @Test
    void shouldHaveNoSuite() {
        for (AeadSuite suite : AeadSuite.values()) {
            assertThat(engine.supports(suite)).isFalse();
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> engine.sealer(suite, new byte[suite.keyBytes()]))
                    .withMessage("libIPSec_MB has no " + suite);
        }
    }
}
