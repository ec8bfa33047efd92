package io.offramp.offload.aead;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.offramp.offload.Availability;
import io.offramp.offload.aead.jca.JcaEngine;
import io.offramp.offload.key.AeadSuite;
import org.junit.jupiter.api.Test;

class AeadEnginesTest {
    private static final AeadEngine PRESENT = new Named("libcrypto 3.9.9", Availability.available());
    private static final AeadEngine ABSENT =
            new Named("libcrypto", Availability.unavailable("no libcrypto.so.3 on this machine"));
    private static final AeadEngine JCA = new JcaEngine();

    @Test
    void shouldChooseLibcryptoWhereItIsAvailable() {
        assertThat(AeadEngines.choose(null, PRESENT, JCA)).isSameAs(PRESENT);
        assertThat(AeadEngines.choose("libcrypto", PRESENT, JCA)).isSameAs(PRESENT);
    }

    @Test
    void shouldFallBackToJcaAndSayWhy() {
        AeadEngine engine = AeadEngines.choose(null, ABSENT, JCA);
        assertThat(engine.name()).isEqualTo("jca SunJCE (libcrypto unavailable: no libcrypto.so.3 on this machine)");
        assertThat(engine.availability().isAvailable()).isTrue();
        for (AeadSuite suite : AeadSuite.values()) {
            assertThat(engine.supports(suite)).isTrue();
            engine.sealer(suite, new byte[suite.keyBytes()]).close();
            engine.opener(suite, new byte[suite.keyBytes()]).close();
            if (suite.isGcm()) {
                engine.sealStream(suite, new byte[suite.keyBytes()]).close();
                engine.openStream(suite, new byte[suite.keyBytes()]).close();
            }
        }
    }

    @Test
    void shouldObeyTheProperty() {
        assertThat(AeadEngines.choose("jca", PRESENT, JCA)).isSameAs(JCA);
        assertThatIllegalStateException()
                .isThrownBy(() -> AeadEngines.choose("libcrypto", ABSENT, JCA))
                .withMessage("offramp.aead=libcrypto: no libcrypto.so.3 on this machine");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AeadEngines.choose("openssl", PRESENT, JCA))
                .withMessage("offramp.aead: unknown engine 'openssl', expected libcrypto or jca");
    }

    @Test
    void shouldOfferAnEngineOnThisMachine() {
        assertThat(AeadEngines.best().availability().isAvailable()).isTrue();
        AeadEngine best = AeadEngines.best();
        assertThat(AeadEngines.all())
                .hasSize(2)
                .contains(best.name().startsWith("jca") ? AeadEngines.all().get(1) : best);
    }

    private record Named(String name, Availability availability) implements AeadEngine {
        @Override
        public boolean supports(AeadSuite suite) {
            return false;
        }

        @Override
        public Sealer sealer(AeadSuite suite, byte[] key) {
            throw new AssertionError();
        }

        @Override
        public Opener opener(AeadSuite suite, byte[] key) {
            throw new AssertionError();
        }

        @Override
        public SealStream sealStream(AeadSuite suite, byte[] key) {
            throw new AssertionError();
        }

        @Override
        public OpenStream openStream(AeadSuite suite, byte[] key) {
            throw new AssertionError();
        }
    }
}
