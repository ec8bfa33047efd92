package io.offramp.offload.aead;

import io.offramp.offload.Availability.Unavailable;
import io.offramp.offload.aead.jca.JcaEngine;
import io.offramp.offload.aead.libcrypto.LibcryptoEngine;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The engines of this machine, probed once.
 *
 * <p>The system property {@value #PROPERTY} set to {@code libcrypto} or {@code jca} overrides the choice.
 */
public final class AeadEngines {
    /** Names the engine that {@link #best()} returns. */
    public static final String PROPERTY = "offramp.aead";

    private static final AeadEngine LIBCRYPTO = new LibcryptoEngine();
    private static final AeadEngine JCA = new JcaEngine();

    private AeadEngines() {}

    /** All engines, the fastest first, also those that are unavailable. */
    public static List<AeadEngine> all() {
        return List.of(LIBCRYPTO, JCA);
    }

    /**
     * libcrypto where it is available, else JCA, whose name then says why.
     *
     * @throws IllegalStateException    if {@value #PROPERTY} asks for an engine that is unavailable
     * @throws IllegalArgumentException if {@value #PROPERTY} names no engine
     */
    public static AeadEngine best() {
        return choose(System.getProperty(PROPERTY), LIBCRYPTO, JCA);
    }

    static AeadEngine choose(@Nullable String wanted, AeadEngine libcrypto, AeadEngine jca) {
        return switch (wanted) {
            case null -> libcrypto.availability() instanceof Unavailable(var cause)
                    ? new Fallback(jca, cause)
                    : libcrypto;
            case "libcrypto" -> {
                if (libcrypto.availability() instanceof Unavailable(var cause)) {
                    throw new IllegalStateException(PROPERTY + "=libcrypto: " + cause);
                }
                yield libcrypto;
            }
            case "jca" -> jca;
            default -> throw new IllegalArgumentException(
                    PROPERTY + ": unknown engine '" + wanted + "', expected libcrypto or jca");
        };
    }
}
