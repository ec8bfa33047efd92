package io.offramp.offload.aead.choice;

import io.offramp.offload.Availability.Unavailable;
import io.offramp.offload.aead.AeadEngine;
import io.offramp.offload.key.AeadSuite;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Chooses the engine of each suite. libcrypto is the default, JCA stands in for it. A challenger takes its place if it
 * gives the known answers and is faster by more than a tenth, so that one machine chooses alike at every start; that of
 * JCA without being timed.
 */
final class EngineChoice {
    /** In turns, so that both meet the same machine. */
    private static final int ROUNDS = 3;

    private final AeadEngine standard;
    /** JCA is the standard here, and never the faster one; the JVM compiles it only after seconds of use. */
    private final boolean isStoodIn;

    private final AeadEngine challenger;
    private final EngineTimer timer;
    private final Map<AeadSuite, AeadEngine> engines = new EnumMap<>(AeadSuite.class);
    private final Map<AeadEngine, StringBuilder> lines = new LinkedHashMap<>();
    private final StringBuilder remarks = new StringBuilder();

    private EngineChoice(AeadEngine libcrypto, AeadEngine challenger, AeadEngine jca, EngineTimer timer) {
        this.challenger = challenger;
        this.timer = timer;
        if (libcrypto.availability() instanceof Unavailable(var cause)) {
            standard = jca;
            isStoodIn = true;
            remark(libcrypto.name() + " unavailable: " + cause);
        } else {
            standard = libcrypto;
            isStoodIn = false;
        }
    }

    static ChosenEngine of(AeadEngine libcrypto, AeadEngine challenger, AeadEngine jca, EngineTimer timer) {
        EngineChoice choice = new EngineChoice(libcrypto, challenger, jca, timer);
        for (AeadSuite suite : AeadSuite.values()) {
            choice.choose(suite);
        }
        if (challenger.availability() instanceof Unavailable(var cause)) {
            choice.remark(challenger.name() + " unavailable: " + cause
                    + "; it makes AES-GCM several times as fast on a CPU with VAES (Debian: libipsec-mb1)");
        }
        return new ChosenEngine(choice.engines, choice.description());
    }

    private void choose(AeadSuite suite) {
        if (!challenger.availability().isAvailable()) {
            take(suite, standard, "");
            return;
        }
        String problem = KnownAnswers.problem(challenger, suite);
        if (problem != null) {
            remark(challenger.name() + " not used for " + suite.kernelName() + ": " + problem);
            take(suite, standard, "");
            return;
        }
        if (isStoodIn) {
            take(suite, challenger, "");
            return;
        }
        long usual = 0;
        long other = 0;
        for (int round = 0; round < ROUNDS; round++) {
            usual = Math.max(usual, timer.bytesPerSecond(standard, suite));
            other = Math.max(other, timer.bytesPerSecond(challenger, suite));
        }
        if (other / 11 > usual / 10) {
            take(suite, challenger, " " + gigabytes(other) + " (" + standard.name() + " " + gigabytes(usual) + ")");
        } else {
            take(suite, standard, " " + gigabytes(usual) + " (" + challenger.name() + " " + gigabytes(other) + ")");
        }
    }

    private void take(AeadSuite suite, AeadEngine engine, String speeds) {
        engines.put(suite, engine);
        StringBuilder line = lines.computeIfAbsent(engine, _ -> new StringBuilder());
        line.append(line.isEmpty() ? " for " : ", ").append(suite.kernelName()).append(speeds);
    }

    private static String gigabytes(long bytesPerSecond) {
        return String.format(Locale.ROOT, "%.1f GB/s", bytesPerSecond / 1e9);
    }

    private void remark(String text) {
        remarks.append("; ").append(text);
    }

    private String description() {
        StringBuilder text = new StringBuilder();
        lines.forEach((engine, suites) -> text.append(text.isEmpty() ? "" : "; ")
                .append(engine.name())
                .append(lines.size() == 1 && challengerIsAbsent() ? "" : suites));
        return text.append(remarks).toString();
    }

    private boolean challengerIsAbsent() {
        return !challenger.availability().isAvailable();
    }
}
