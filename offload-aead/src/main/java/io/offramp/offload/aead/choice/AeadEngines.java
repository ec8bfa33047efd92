package io.offramp.offload.aead.choice;

import io.offramp.offload.Availability.Unavailable;
import io.offramp.offload.aead.AeadEngine;
import io.offramp.offload.aead.ipsecmb.IpsecMbEngine;
import io.offramp.offload.aead.jca.JcaEngine;
import io.offramp.offload.aead.libcrypto.LibcryptoEngine;
import io.offramp.offload.key.AeadSuite;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The engines of this machine, probed and timed once. Thread-safe.
 *
 * <p>The system property {@value #PROPERTY} set to {@code libcrypto}, {@code ipsecmb} or {@code jca} overrides the
 * choice.
 */
public final class AeadEngines {
    /** Names the engine that {@link #best()} returns. */
    public static final String PROPERTY = "offramp.aead";

    private static final AeadEngine LIBCRYPTO = new LibcryptoEngine();
    private static final AeadEngine IPSEC_MB = new IpsecMbEngine();
    private static final AeadEngine JCA = new JcaEngine();

    private static @Nullable AeadEngine best;

    private AeadEngines() {}

    /** All engines, also those that are unavailable. */
    public static List<AeadEngine> all() {
        return List.of(LIBCRYPTO, IPSEC_MB, JCA);
    }

    /**
     * The fastest for each suite, or the one that {@value #PROPERTY} asks for. Checked and timed by the first call,
     * which takes some ms.
     *
     * @throws IllegalArgumentException if {@value #PROPERTY} names no engine, or one that is unavailable or gives wrong
     *     answers
     */
    public static synchronized AeadEngine best() {
        if (best == null) {
            String wanted = System.getProperty(PROPERTY);
            best = wanted == null
                    ? EngineChoice.of(candidates(), JCA, EngineTimer::sealing)
                    : named(wanted, LIBCRYPTO, IPSEC_MB, JCA, EngineTimer::sealing);
        }
        return best;
    }

    /** libIPSec_MB takes one call for a record of AES-GCM, libcrypto four. */
    static List<AeadEngine> candidates() {
        return List.of(IPSEC_MB, LIBCRYPTO);
    }

    static AeadEngine named(
            String wanted, AeadEngine libcrypto, AeadEngine ipsecMb, AeadEngine jca, EngineTimer timer) {
        AeadEngine engine = switch (wanted) {
            case "libcrypto" -> libcrypto;
            case "ipsecmb" -> ipsecMb;
            case "jca" -> jca;
            default ->
                throw new IllegalArgumentException(
                        PROPERTY + ": unknown engine '" + wanted + "', expected libcrypto, ipsecmb or jca");
        };
        if (engine.availability() instanceof Unavailable(var cause)) {
            throw new IllegalArgumentException(PROPERTY + "=" + wanted + ": " + cause);
        }
        for (AeadSuite suite : AeadSuite.values()) {
            String problem = KnownAnswers.problem(engine, suite);
            if (problem != null) {
                throw new IllegalArgumentException(
                        PROPERTY + "=" + wanted + ": " + suite.kernelName() + ": " + problem);
            }
        }
        return engine == jca ? jca : EngineChoice.of(List.of(engine), jca, timer);
    }
}
