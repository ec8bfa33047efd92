package io.offramp.offload.aead.choice;

import io.offramp.offload.Availability.Unavailable;
import io.offramp.offload.aead.AeadEngine;
import io.offramp.offload.aead.ipsecmb.IpsecMbEngine;
import io.offramp.offload.aead.jca.JcaEngine;
import io.offramp.offload.aead.libcrypto.LibcryptoEngine;
import java.util.List;

/**
 * The engines of this machine, probed and timed once.
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

    private AeadEngines() {}

    /** Timed on first use. */
    private static final class Timed {
        static final AeadEngine FASTEST = EngineChoice.of(LIBCRYPTO, IPSEC_MB, JCA, EngineTimer::sealing);
    }

    /** All engines, also those that are unavailable. */
    public static List<AeadEngine> all() {
        return List.of(LIBCRYPTO, IPSEC_MB, JCA);
    }

    /**
     * The fastest for each suite. JCA is not timed, because the JVM compiles it only after seconds of use: it is used
     * if libcrypto is missing, and its description then says why.
     *
     * @throws IllegalStateException if {@value #PROPERTY} asks for an engine that is unavailable
     * @throws IllegalArgumentException if {@value #PROPERTY} names no engine
     */
    public static AeadEngine best() {
        String wanted = System.getProperty(PROPERTY);
        return wanted == null ? Timed.FASTEST : named(wanted, LIBCRYPTO, IPSEC_MB, JCA);
    }

    static AeadEngine named(String wanted, AeadEngine libcrypto, AeadEngine ipsecMb, AeadEngine jca) {
        AeadEngine engine = switch (wanted) {
            case "libcrypto" -> libcrypto;
            case "ipsecmb" -> ipsecMb;
            case "jca" -> jca;
            default ->
                throw new IllegalArgumentException(
                        PROPERTY + ": unknown engine '" + wanted + "', expected libcrypto, ipsecmb or jca");
        };
        if (engine.availability() instanceof Unavailable(var cause)) {
            throw new IllegalStateException(PROPERTY + "=" + wanted + ": " + cause);
        }
        return engine;
    }
}
