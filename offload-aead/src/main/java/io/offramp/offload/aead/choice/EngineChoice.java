package io.offramp.offload.aead.choice;

import io.offramp.offload.Availability.Unavailable;
import io.offramp.offload.aead.AeadEngine;
import io.offramp.offload.aead.choice.ChosenEngine.Part;
import io.offramp.offload.key.AeadSuite;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Chooses the engine of each suite. The first candidate is the default. A later one takes its place if its bytes are
 * faster by more than a quarter, so that one machine chooses alike at every start. A candidate that is missing, or that
 * gives a wrong answer, is not used. JCA stands in where none is left; it is not timed, because the JVM compiles it
 * only after seconds of use.
 */
final class EngineChoice {
    /** In turns, so that all meet the same machine. */
    private static final int ROUNDS = 3;

    private final AeadEngine jca;
    private final EngineTimer timer;
    private final Map<AeadSuite, Part> parts = new EnumMap<>(AeadSuite.class);
    private final Map<AeadEngine, StringBuilder> lines = new LinkedHashMap<>();
    private final StringBuilder remarks = new StringBuilder();

    private EngineChoice(AeadEngine jca, EngineTimer timer) {
        this.jca = jca;
        this.timer = timer;
    }

    /**
     * @param candidates native engines, the default first: the one that takes the fewest calls for a record. The timing
     *     leaves calls out, and they are half of the time of a record of 1 KiB.
     */
    static ChosenEngine of(List<AeadEngine> candidates, AeadEngine jca, EngineTimer timer) {
        EngineChoice choice = new EngineChoice(jca, timer);
        for (AeadSuite suite : AeadSuite.values()) {
            choice.choose(suite, candidates);
        }
        for (AeadEngine candidate : candidates) {
            if (candidate.availability() instanceof Unavailable(var cause)) {
                choice.remark(candidate.name() + " unavailable: " + cause);
            }
        }
        return new ChosenEngine(choice.parts, choice.description());
    }

    private void choose(AeadSuite suite, List<AeadEngine> candidates) {
        List<AeadEngine> usable =
                candidates.stream().filter(engine -> isUsable(engine, suite)).toList();
        if (usable.isEmpty()) {
            take(suite, jca, "", "");
            return;
        }
        long[] speeds = new long[usable.size()];
        for (int round = 0; round < ROUNDS; round++) {
            for (int i = 0; i < speeds.length; i++) {
                speeds[i] = Math.max(speeds[i], timer.bytesPerSecond(usable.get(i), suite));
            }
        }
        int best = 0;
        for (int i = 1; i < speeds.length; i++) {
            if (speeds[i] / 5 > speeds[best] / 4) {
                best = i;
            }
        }
        StringBuilder others = new StringBuilder();
        for (int i = 0; i < speeds.length; i++) {
            if (i != best) {
                others.append(others.isEmpty() ? " (" : ", ")
                        .append(usable.get(i).name())
                        .append(gigabytes(speeds[i]));
            }
        }
        take(suite, usable.get(best), gigabytes(speeds[best]), others.isEmpty() ? "" : others + ")");
    }

    private boolean isUsable(AeadEngine engine, AeadSuite suite) {
        if (!engine.availability().isAvailable()) {
            return false;
        }
        String problem = KnownAnswers.problem(engine, suite);
        if (problem != null) {
            remark(engine.name() + " not used for " + suite.kernelName() + ": " + problem);
        }
        return problem == null;
    }

    private void take(AeadSuite suite, AeadEngine engine, String speed, String others) {
        parts.put(suite, new Part(engine, engine.name() + (speed.isEmpty() ? "" : "," + speed)));
        StringBuilder line = lines.computeIfAbsent(engine, _ -> new StringBuilder());
        line.append(line.isEmpty() ? " for " : ", ")
                .append(suite.kernelName())
                .append(speed)
                .append(others);
    }

    private static String gigabytes(long bytesPerSecond) {
        // No String.format: its first use takes longer than the timing.
        long tenths = (bytesPerSecond + 50_000_000) / 100_000_000;
        return " " + tenths / 10 + "." + tenths % 10 + " GB/s";
    }

    private void remark(String text) {
        remarks.append("; ").append(text);
    }

    private String description() {
        StringBuilder text = new StringBuilder();
        lines.forEach((engine, suites) ->
                text.append(text.isEmpty() ? "" : "; ").append(engine.name()).append(suites));
        return text.append(remarks).toString();
    }
}
