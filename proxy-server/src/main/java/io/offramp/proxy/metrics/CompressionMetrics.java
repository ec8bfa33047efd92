package io.offramp.proxy.metrics;

import io.micrometer.core.instrument.Tags;
import io.offramp.proxy.compress.Coding;
import io.offramp.proxy.compress.CompressionEvents;
import java.util.Locale;

/** What compression does, over all listeners. Thread-safe. */
public final class CompressionMetrics implements CompressionEvents {
    private final CounterFamily<Coding> answers;
    private final CounterFamily<Coding> taken;
    private final CounterFamily<Coding> given;
    private final CounterFamily<Skip> skipped;

    CompressionMetrics(MeterScope scope) {
        answers = new CounterFamily<>(
                scope, "offramp.compression.answers", "Answers that were compressed", CompressionMetrics::tags);
        taken = new CounterFamily<>(
                scope,
                "offramp.compression.in.bytes",
                "Bytes of answers that were compressed, as servers sent them",
                CompressionMetrics::tags);
        given = new CounterFamily<>(
                scope,
                "offramp.compression.out.bytes",
                "Bytes of answers that were compressed, as clients got them",
                CompressionMetrics::tags);
        skipped = new CounterFamily<>(
                scope,
                "offramp.compression.skipped",
                "Answers that were not compressed because of the load",
                why -> Tags.of("reason", why.name().toLowerCase(Locale.ROOT)));
        for (Skip each : Skip.values()) {
            skipped.of(each); // shows zero before the first event
        }
    }

    private static Tags tags(Coding coding) {
        return Tags.of("coding", coding.word());
    }

    @Override
    public void onCompressed(Coding coding, long in, long out) {
        answers.of(coding).increment();
        taken.of(coding).add(in);
        given.of(coding).add(out);
    }

    @Override
    public void onSkipped(Skip why) {
        skipped.of(why).increment();
    }
}
