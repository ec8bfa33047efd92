package io.offramp.offload.aead.choice;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.Availability;
import io.offramp.offload.aead.AeadEngine;
import io.offramp.offload.aead.OpenStream;
import io.offramp.offload.aead.Opener;
import io.offramp.offload.aead.SealStream;
import io.offramp.offload.aead.Sealer;
import io.offramp.offload.aead.jca.JcaEngine;
import io.offramp.offload.key.AeadSuite;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class EngineChoiceTest {
    private static final AeadEngine JCA = new JcaEngine();
    private static final AeadEngine LIBCRYPTO = new Named("libcrypto 3.9.9", Availability.available(), JCA);
    private static final AeadEngine CHALLENGER = new Named("libIPSec_MB 1.3.0 sse", Availability.available(), JCA);
    private static final AeadEngine NO_LIBCRYPTO =
            new Named("libcrypto", Availability.unavailable("no libcrypto.so.3 on this machine"), JCA);
    private static final AeadEngine NO_CHALLENGER =
            new Named("libIPSec_MB", Availability.unavailable("no libIPSec_MB.so.1 on this machine"), JCA);

    @Test
    void shouldKeepTheStandardUnlessTheChallengerLeadsByMoreThanATenth() {
        ChosenEngine level = EngineChoice.of(LIBCRYPTO, CHALLENGER, JCA, speeds(1000, 1100));
        ChosenEngine ahead = EngineChoice.of(LIBCRYPTO, CHALLENGER, JCA, speeds(1000, 1120));
        for (AeadSuite suite : AeadSuite.values()) {
            assertThat(level.of(suite)).isSameAs(LIBCRYPTO);
            assertThat(ahead.of(suite)).isSameAs(CHALLENGER);
        }
    }

    @Test
    void shouldChooseForEachSuiteApartAndSayHowFast() {
        EngineTimer timer = (engine, suite) ->
                engine == LIBCRYPTO ? 4_100_000_000L : suite.isGcm() ? 18_500_000_000L : 2_000_000_000L;
        ChosenEngine chosen = EngineChoice.of(LIBCRYPTO, CHALLENGER, JCA, timer);
        assertThat(chosen.name(AeadSuite.AES_128_GCM)).isEqualTo("libIPSec_MB 1.3.0 sse");
        assertThat(chosen.name(AeadSuite.CHACHA20_POLY1305)).isEqualTo("libcrypto 3.9.9");
        assertThat(chosen.name()).isEqualTo("libIPSec_MB 1.3.0 sse and libcrypto 3.9.9");
        assertThat(chosen.description())
                .isEqualTo("libIPSec_MB 1.3.0 sse for aes-gcm-128 18.5 GB/s (libcrypto 3.9.9 4.1 GB/s), "
                        + "aes-gcm-256 18.5 GB/s (libcrypto 3.9.9 4.1 GB/s); "
                        + "libcrypto 3.9.9 for chacha20-poly1305 4.1 GB/s (libIPSec_MB 1.3.0 sse 2.0 GB/s)");
    }

    @Test
    void shouldSayWhatAMissingChallengerWouldBring() {
        ChosenEngine chosen = EngineChoice.of(LIBCRYPTO, NO_CHALLENGER, JCA, speeds(1, 1));
        assertThat(chosen.name()).isEqualTo("libcrypto 3.9.9");
        assertThat(chosen.description())
                .isEqualTo("libcrypto 3.9.9; libIPSec_MB unavailable: no libIPSec_MB.so.1 on this machine; "
                        + "it makes AES-GCM several times as fast on a CPU with VAES (Debian: libipsec-mb1)");
    }

    @Test
    void shouldFallBackToJcaAndSayWhy() {
        ChosenEngine chosen = EngineChoice.of(NO_LIBCRYPTO, NO_CHALLENGER, JCA, speeds(1, 1));
        assertThat(chosen.name()).isEqualTo("jca SunJCE");
        assertThat(chosen.description())
                .startsWith("jca SunJCE; libcrypto unavailable: no libcrypto.so.3 on this machine;");
        for (AeadSuite suite : AeadSuite.values()) {
            assertThat(chosen.supports(suite)).isTrue();
            chosen.sealer(suite, new byte[suite.keyBytes()]).close();
            chosen.opener(suite, new byte[suite.keyBytes()]).close();
            if (suite.isGcm()) {
                chosen.sealStream(suite, new byte[suite.keyBytes()]).close();
                chosen.openStream(suite, new byte[suite.keyBytes()]).close();
            }
        }
    }

    @Test
    void shouldNotUseAChallengerWhoseAnswersAreWrong() {
        AeadEngine wrong = new Named("libIPSec_MB 1.3.0 sse", Availability.available(), JCA) {
            @Override
            public Sealer sealer(AeadSuite suite, byte[] key) {
                byte[] other = key.clone();
                other[0] ^= 1;
                return super.sealer(suite, other);
            }
        };
        ChosenEngine chosen = EngineChoice.of(LIBCRYPTO, wrong, JCA, speeds(1, 1000));
        assertThat(Arrays.stream(AeadSuite.values()).map(chosen::of)).containsOnly(LIBCRYPTO);
        assertThat(chosen.description()).contains("libIPSec_MB 1.3.0 sse not used for aes-gcm-128: it seals wrongly");
    }

    /** Its code for pieces is other code. */
    @Test
    void shouldNotUseAChallengerWhoseAnswersInPiecesAreWrong() {
        AeadEngine wrong = new Named("libIPSec_MB 1.3.0 sse", Availability.available(), JCA) {
            @Override
            public SealStream sealStream(AeadSuite suite, byte[] key) {
                byte[] other = key.clone();
                other[0] ^= 1;
                return super.sealStream(suite, other);
            }
        };
        ChosenEngine chosen = EngineChoice.of(LIBCRYPTO, wrong, JCA, speeds(1, 1000));
        assertThat(chosen.of(AeadSuite.AES_128_GCM)).isSameAs(LIBCRYPTO);
        assertThat(chosen.of(AeadSuite.CHACHA20_POLY1305)).isSameAs(wrong);
        assertThat(chosen.description()).contains("not used for aes-gcm-128: it seals wrongly in pieces");
    }

    /** JCA's speed shows after seconds only. */
    @Test
    void shouldPreferTheChallengerToJcaWithoutTimingEither() {
        EngineTimer timer = (engine, suite) -> {
            throw new AssertionError(engine.name() + " was timed");
        };
        ChosenEngine chosen = EngineChoice.of(NO_LIBCRYPTO, CHALLENGER, JCA, timer);
        assertThat(chosen.description())
                .isEqualTo("libIPSec_MB 1.3.0 sse for aes-gcm-128, aes-gcm-256, chacha20-poly1305; "
                        + "libcrypto unavailable: no libcrypto.so.3 on this machine");
    }

    @Test
    void shouldNotUseAChallengerThatAcceptsEveryTag() {
        AeadEngine lax = new Named("libIPSec_MB 1.3.0 sse", Availability.available(), JCA) {
            @Override
            public Opener opener(AeadSuite suite, byte[] key) {
                Opener opener = super.opener(suite, key);
                return new Lax(opener);
            }
        };
        assertThat(EngineChoice.of(LIBCRYPTO, lax, JCA, speeds(1, 1000)).description())
                .contains("not used for aes-gcm-256: it accepts a wrong tag");
    }

    @Test
    void shouldFindTheAnswersOfEveryEngineHereRight() {
        for (AeadEngine engine : AeadEngines.all()) {
            if (engine.availability().isAvailable()) {
                for (AeadSuite suite : AeadSuite.values()) {
                    assertThat(KnownAnswers.problem(engine, suite))
                            .as(engine.name() + ", " + suite)
                            .isNull();
                    assertThat(EngineTimer.sealing(engine, suite)).isPositive();
                }
            }
        }
    }

    private static EngineTimer speeds(long libcrypto, long challenger) {
        return (engine, _) -> engine == LIBCRYPTO ? libcrypto : challenger;
    }

    /** Releases what it should refuse. */
    private record Lax(Opener opener) implements Opener {
        @Override
        public boolean open(
                int nonceHead,
                long nonceTail,
                ByteBuf aad,
                int aadIndex,
                int aadBytes,
                ByteBuf in,
                int inIndex,
                int ciphertextBytes,
                ByteBuf out,
                int outIndex) {
            opener.open(nonceHead, nonceTail, aad, aadIndex, aadBytes, in, inIndex, ciphertextBytes, out, outIndex);
            return true;
        }

        @Override
        public void close() {
            opener.close();
        }
    }

    /** Another engine under a name of its own. */
    private static class Named implements AeadEngine {
        private final String name;
        private final Availability availability;
        private final AeadEngine real;

        Named(String name, Availability availability, AeadEngine real) {
            this.name = name;
            this.availability = availability;
            this.real = real;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public Availability availability() {
            return availability;
        }

        @Override
        public boolean supports(AeadSuite suite) {
            return real.supports(suite);
        }

        @Override
        public Sealer sealer(AeadSuite suite, byte[] key) {
            return real.sealer(suite, key);
        }

        @Override
        public Opener opener(AeadSuite suite, byte[] key) {
            return real.opener(suite, key);
        }

        @Override
        public SealStream sealStream(AeadSuite suite, byte[] key) {
            return real.sealStream(suite, key);
        }

        @Override
        public OpenStream openStream(AeadSuite suite, byte[] key) {
            return real.openStream(suite, key);
        }
    }
}
