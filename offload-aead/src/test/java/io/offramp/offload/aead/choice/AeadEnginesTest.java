package io.offramp.offload.aead.choice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.offramp.offload.Availability;
import io.offramp.offload.Availability.Unavailable;
import io.offramp.offload.aead.AeadEngine;
import io.offramp.offload.aead.Sealer;
import io.offramp.offload.aead.jca.JcaEngine;
import io.offramp.offload.key.AeadSuite;
import org.junit.jupiter.api.Test;

class AeadEnginesTest {
    private static final AeadEngine JCA = new JcaEngine();

    @Test
    void shouldObeyTheProperty() {
        assertThat(named("jca", JCA)).isSameAs(JCA);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> named("openssl", JCA))
                .withMessage("offramp.aead: unknown engine 'openssl', expected libcrypto, ipsecmb or jca");
    }

    @Test
    void shouldRefuseAnEngineThatIsUnavailable() {
        for (AeadEngine engine : AeadEngines.all()) {
            if (engine.availability() instanceof Unavailable(var cause)) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> named("ipsecmb", engine))
                        .withMessage("offramp.aead=ipsecmb: " + cause);
            }
        }
    }

    @Test
    void shouldOfferAnEngineForEachSuiteOnThisMachine() {
        AeadEngine best = AeadEngines.best();
        assertThat(best.availability().isAvailable()).isTrue();
        for (AeadSuite suite : AeadSuite.values()) {
            assertThat(best.supports(suite)).isTrue();
            assertThat(best.description(suite)).matches("(libcrypto|libIPSec_MB) .*, \\d+\\.\\d GB/s|jca SunJCE");
        }
    }

    /** Also runs under scripts/without-ipsecmb. */
    @Test
    void shouldSayWhichEnginesAreHereAndWhichAreMissing() {
        String description = AeadEngines.best().description();
        for (AeadEngine engine : AeadEngines.all()) {
            if (engine.availability() instanceof Unavailable(var cause)) {
                assertThat(description).contains("; " + engine.name() + " unavailable: " + cause);
            } else if (!(engine instanceof JcaEngine)) {
                assertThat(description).contains(engine.name()).doesNotContain(engine.name() + " unavailable");
                assertThat(engine.name().startsWith("libIPSec_MB") && System.getenv("WITHOUT_IPSECMB") != null)
                        .as("libIPSec_MB is hidden")
                        .isFalse();
            }
        }
    }

    /** At the same speed: else it were chance, on a CPU where both are about as fast, who seals. */
    @Test
    void shouldPreferTheEngineWithTheFewestCalls() {
        String description = EngineChoice.of(AeadEngines.candidates(), JCA, (_, _) -> 1_000_000_000)
                .description();
        AeadEngine first = AeadEngines.candidates().getFirst();
        assertThat(first.name()).startsWith("libIPSec_MB");
        if (first.availability().isAvailable()) {
            assertThat(description).startsWith(first.name() + " for aes-gcm-128 1.0 GB/s (libcrypto");
        }
    }

    @Test
    void shouldTimeTheEngineThatTheOperatorNames() {
        EngineTimer timer = (engine, _) -> engine.name().length() * 1_000_000_000L;
        AeadEngine named = AeadEngines.named(
                "libcrypto", new NamedEngine("libcrypto 3", Availability.available(), JCA), JCA, JCA, timer);
        assertThat(named.description())
                .isEqualTo("libcrypto 3 for aes-gcm-128 11.0 GB/s, aes-gcm-256 11.0 GB/s, chacha20-poly1305 11.0 GB/s");
    }

    @Test
    void shouldRefuseANamedEngineWhoseAnswersAreWrong() {
        AeadEngine wrong = new NamedEngine("libIPSec_MB", Availability.available(), JCA) {
            @Override
            public Sealer sealer(AeadSuite suite, byte[] key) {
                return super.sealer(suite, new byte[key.length]);
            }
        };
        assertThatIllegalArgumentException()
                .isThrownBy(() -> named("ipsecmb", wrong))
                .withMessage("offramp.aead=ipsecmb: aes-gcm-128: it seals wrongly");
    }

    private static AeadEngine named(String wanted, AeadEngine ipsecMb) {
        return AeadEngines.named(wanted, JCA, ipsecMb, JCA, (_, _) -> 1);
    }
}
