package io.offramp.offload.aead;

import io.offramp.offload.Availability;
import io.offramp.offload.key.AeadSuite;

/** A source of AEAD contexts: a native library, or a JCA provider. Thread-safe. */
public interface AeadEngine {
    /** For logs: {@code libcrypto 3.0.19}, {@code jca SunJCE}. */
    String name();

    /** For the first log line: the name, with notes for an operator. */
    default String description() {
        return name();
    }

    /** The same for one suite, for the list of connections: the engine that protects it, and its speed if known. */
    default String description(AeadSuite suite) {
        return name();
    }

    /** Probed once. */
    Availability availability();

    /** True where this engine has the suite. */
    boolean supports(AeadSuite suite);

    /**
     * Sets up a key for sealing. The key schedule is computed here, once.
     *
     * @param key {@link AeadSuite#keyBytes()} bytes; copied, still the caller's to wipe
     */
    Sealer sealer(AeadSuite suite, byte[] key);

    /**
     * Sets up a key for opening.
     *
     * @param key {@link AeadSuite#keyBytes()} bytes; copied, still the caller's to wipe
     */
    Opener opener(AeadSuite suite, byte[] key);

    /**
     * Sets up a key for sealing in pieces.
     *
     * @param key {@link AeadSuite#keyBytes()} bytes; copied, still the caller's to wipe
     * @throws IllegalArgumentException if the suite is not {@linkplain AeadSuite#isGcm() GCM}
     */
    SealStream sealStream(AeadSuite suite, byte[] key);

    /**
     * Sets up a key for opening in pieces.
     *
     * @param key {@link AeadSuite#keyBytes()} bytes; copied, still the caller's to wipe
     * @throws IllegalArgumentException if the suite is not {@linkplain AeadSuite#isGcm() GCM}
     */
    OpenStream openStream(AeadSuite suite, byte[] key);
}
