package io.offramp.offload.aead.choice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.offramp.offload.Availability.Unavailable;
import io.offramp.offload.aead.AeadEngine;
import io.offramp.offload.aead.jca.JcaEngine;
import io.offramp.offload.key.AeadSuite;
import org.junit.jupiter.api.Test;

class AeadEnginesTest {
    private static final AeadEngine JCA = new JcaEngine();

    @Test
    void shouldObeyTheProperty() {
        assertThat(AeadEngines.named("jca", JCA, JCA, JCA)).isSameAs(JCA);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AeadEngines.named("openssl", JCA, JCA, JCA))
                .withMessage("offramp.aead: unknown engine 'openssl', expected libcrypto, ipsecmb or jca");
    }

    @Test
    void shouldRefuseAnEngineThatIsUnavailable() {
        for (AeadEngine engine : AeadEngines.all()) {
            if (engine.availability() instanceof Unavailable(var cause)) {
                assertThatIllegalStateException()
                        .isThrownBy(() -> AeadEngines.named("ipsecmb", JCA, engine, JCA))
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
            assertThat(AeadEngines.all()).extracting(AeadEngine::name).contains(best.name(suite));
        }
    }
}
