package io.offramp.offload.aead.choice;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.Availability;
import io.offramp.offload.aead.AeadEngine;
import io.offramp.offload.aead.Opener;
import io.offramp.offload.aead.SealStream;
import io.offramp.offload.aead.Sealer;
import io.offramp.offload.aead.jca.JcaEngine;
import io.offramp.offload.key.AeadSuite;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class EngineChoiceTest {
    private static final AeadEngine JCA = new JcaEngine();
    private static final AeadEngine LIBCRYPTO = new NamedEngine("libcrypto 3.9.9", Availability.available(), JCA);
    private static final AeadEngine CHALLENGER =
            new NamedEngine("libIPSec_MB 1.3.0 sse", Availability.available(), JCA);
    private static final AeadEngine NO_LIBCRYPTO =
            new NamedEngine("libcrypto", Availability.unavailable("no libcrypto.so.3 on this machine"), JCA);
    private static final AeadEngine NO_CHALLENGER =
            new NamedEngine("libIPSec_MB", Availability.unavailable("no libIPSec_MB.so.1 on this machine"), JCA);

    @Test
    void shouldKeepTheStandardUnlessTheChallengerLeadsByMoreThanAQuarter() {
        ChosenEngine level = choose(LIBCRYPTO, CHALLENGER, speeds(1000, 1250));
        ChosenEngine ahead = choose(LIBCRYPTO, CHALLENGER, speeds(1000, 1260));
        for (AeadSuite suite : AeadSuite.values()) {
            assertThat(level.of(suite)).isSameAs(LIBCRYPTO);
            assertThat(ahead.of(suite)).isSameAs(CHALLENGER);
        }
    }

    @Test
    void shouldChooseForEachSuiteApartAndSayHowFast() {
        EngineTimer timer = (engine, suite) ->
                engine == LIBCRYPTO ? 4_100_000_000L : suite.isGcm() ? 18_500_000_000L : 2_000_000_000L;
        ChosenEngine chosen = choose(LIBCRYPTO, CHALLENGER, timer);
        assertThat(chosen.of(AeadSuite.AES_128_GCM)).isSameAs(CHALLENGER);
        assertThat(chosen.of(AeadSuite.CHACHA20_POLY1305)).isSameAs(LIBCRYPTO);
        assertThat(chosen.name()).isEqualTo("libIPSec_MB 1.3.0 sse and libcrypto 3.9.9");
        assertThat(chosen.description())
                .isEqualTo("libIPSec_MB 1.3.0 sse for aes-gcm-128 18.5 GB/s (libcrypto 3.9.9 4.1 GB/s), "
                        + "aes-gcm-256 18.5 GB/s (libcrypto 3.9.9 4.1 GB/s); "
                        + "libcrypto 3.9.9 for chacha20-poly1305 4.1 GB/s (libIPSec_MB 1.3.0 sse 2.0 GB/s)");
        assertThat(chosen.description(AeadSuite.AES_256_GCM)).isEqualTo("libIPSec_MB 1.3.0 sse, 18.5 GB/s");
        assertThat(chosen.description(AeadSuite.CHACHA20_POLY1305)).isEqualTo("libcrypto 3.9.9, 4.1 GB/s");
    }

    @Test
    void shouldSayWhatIsMissingAndHowFastTheOtherIs() {
        ChosenEngine chosen = choose(LIBCRYPTO, NO_CHALLENGER, speeds(4_100_000_000L, 1));
        assertThat(chosen.name()).isEqualTo("libcrypto 3.9.9");
        assertThat(chosen.description())
                .isEqualTo(
                        "libcrypto 3.9.9 for aes-gcm-128 4.1 GB/s, aes-gcm-256 4.1 GB/s, chacha20-poly1305 4.1 GB/s; "
                                + "libIPSec_MB unavailable: no libIPSec_MB.so.1 on this machine");
    }

    @Test
    void shouldFallBackToJcaAndSayWhy() {
        ChosenEngine chosen = choose(NO_LIBCRYPTO, NO_CHALLENGER, speeds(1, 1));
        assertThat(chosen.name()).isEqualTo("jca SunJCE");
        assertThat(chosen.description())
                .startsWith("jca SunJCE for aes-gcm-128, aes-gcm-256, chacha20-poly1305; "
                        + "libcrypto unavailable: no libcrypto.so.3 on this machine;");
        assertThat(chosen.description(AeadSuite.AES_128_GCM)).isEqualTo("jca SunJCE");
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
        AeadEngine wrong = new NamedEngine("libIPSec_MB 1.3.0 sse", Availability.available(), JCA) {
            @Override
            public Sealer sealer(AeadSuite suite, byte[] key) {
                byte[] other = key.clone();
                other[0] ^= 1;
                return super.sealer(suite, other);
            }
        };
        ChosenEngine chosen = choose(LIBCRYPTO, wrong, speeds(1, 1000));
        assertThat(Arrays.stream(AeadSuite.values()).map(chosen::of)).containsOnly(LIBCRYPTO);
        assertThat(chosen.description()).contains("libIPSec_MB 1.3.0 sse not used for aes-gcm-128: it seals wrongly");
    }

    /** Its code for pieces is other code. */
    @Test
    void shouldNotUseAChallengerWhoseAnswersInPiecesAreWrong() {
        AeadEngine wrong = new NamedEngine("libIPSec_MB 1.3.0 sse", Availability.available(), JCA) {
            @Override
            public SealStream sealStream(AeadSuite suite, byte[] key) {
                byte[] other = key.clone();
                other[0] ^= 1;
                return super.sealStream(suite, other);
            }
        };
        ChosenEngine chosen = choose(LIBCRYPTO, wrong, speeds(1, 1000));
        assertThat(chosen.of(AeadSuite.AES_128_GCM)).isSameAs(LIBCRYPTO);
        assertThat(chosen.of(AeadSuite.CHACHA20_POLY1305)).isSameAs(wrong);
        assertThat(chosen.description()).contains("not used for aes-gcm-128: it seals wrongly in pieces");
    }

    /** JCA's speed shows after seconds only. */
    @Test
    void shouldPreferTheChallengerToJcaWithoutTimingThat() {
        EngineTimer timer = (engine, suite) -> {
            assertThat(engine).isSameAs(CHALLENGER);
            return 2_000_000_000L;
        };
        ChosenEngine chosen = choose(NO_LIBCRYPTO, CHALLENGER, timer);
        assertThat(chosen.description())
                .isEqualTo("libIPSec_MB 1.3.0 sse for aes-gcm-128 2.0 GB/s, aes-gcm-256 2.0 GB/s, "
                        + "chacha20-poly1305 2.0 GB/s; "
                        + "libcrypto unavailable: no libcrypto.so.3 on this machine");
    }

    @Test
    void shouldNotUseAStandardWhoseAnswersAreWrong() {
        AeadEngine wrong = new NamedEngine("libcrypto 3.9.9", Availability.available(), JCA) {
            @Override
            public Sealer sealer(AeadSuite suite, byte[] key) {
                byte[] other = key.clone();
                other[0] ^= 1;
                return super.sealer(suite, other);
            }
        };
        ChosenEngine chosen = choose(wrong, NO_CHALLENGER, speeds(1, 1));
        assertThat(Arrays.stream(AeadSuite.values()).map(chosen::of)).containsOnly(JCA);
        assertThat(chosen.description()).contains("; libcrypto 3.9.9 not used for aes-gcm-256: it seals wrongly");
    }

    @Test
    void shouldNotUseAChallengerThatAcceptsEveryTag() {
        AeadEngine lax = new NamedEngine("libIPSec_MB 1.3.0 sse", Availability.available(), JCA) {
            @Override
            public Opener opener(AeadSuite suite, byte[] key) {
                Opener opener = super.opener(suite, key);
                return new Lax(opener);
            }
        };
        assertThat(choose(LIBCRYPTO, lax, speeds(1, 1000)).description())
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

    private static ChosenEngine choose(AeadEngine libcrypto, AeadEngine challenger, EngineTimer timer) {
        return EngineChoice.of(List.of(libcrypto, challenger), JCA, timer);
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
}
