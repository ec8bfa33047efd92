package io.offramp.offload.aead.choice;

import io.offramp.offload.Availability;
import io.offramp.offload.aead.AeadEngine;
import io.offramp.offload.aead.OpenStream;
import io.offramp.offload.aead.Opener;
import io.offramp.offload.aead.SealStream;
import io.offramp.offload.aead.Sealer;
import io.offramp.offload.key.AeadSuite;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * An engine for each suite, with the reason of the choice: a silent fallback would be a bug.
 *
 * @param parts for every suite
 * @param description for the first log line: engines, speeds and missing ones
 */
record ChosenEngine(Map<AeadSuite, Part> parts, String description) implements AeadEngine {
    /**
     * What protects one suite.
     *
     * @param description name and speed
     */
    record Part(AeadEngine engine, String description) {}

    /** The names of the engines, each once. */
    @Override
    public String name() {
        return parts.values().stream()
                .map(part -> part.engine().name())
                .distinct()
                .sorted()
                .collect(Collectors.joining(" and "));
    }

    @Override
    public String description(AeadSuite suite) {
        return part(suite).description();
    }

    @Override
    public Availability availability() {
        return Availability.available();
    }

    @Override
    public boolean supports(AeadSuite suite) {
        return of(suite).supports(suite);
    }

    @Override
    public Sealer sealer(AeadSuite suite, byte[] key) {
        return of(suite).sealer(suite, key);
    }

    @Override
    public Opener opener(AeadSuite suite, byte[] key) {
        return of(suite).opener(suite, key);
    }

    @Override
    public SealStream sealStream(AeadSuite suite, byte[] key) {
        return of(suite).sealStream(suite, key);
    }

    @Override
    public OpenStream openStream(AeadSuite suite, byte[] key) {
        return of(suite).openStream(suite, key);
    }

    /** The engine of a suite. */
    AeadEngine of(AeadSuite suite) {
        return part(suite).engine();
    }

    private Part part(AeadSuite suite) {
        return Objects.requireNonNull(parts.get(suite));
    }
}
