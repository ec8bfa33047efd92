package com.example.offload;

import io.offramp.offload.OffloadProvider;
import io.offramp.offload.RecordOffload;
import java.util.Map;

/**
 * What the service loader finds. A configuration names it at a listener, {@code offload: {backend: example}}, and its
 * settings at the top, {@code offload: {example: {sessions: 100}}}.
 */
public final class ExampleProvider implements OffloadProvider {
    @Override
    public String name() {
        return "example";
    }

    @Override
    public Map<String, String> settings() {
        return Map.of("sessions", "sessions at the same time, 1 to 1000000; default: 1000");
    }

    @Override
    public RecordOffload open(Map<String, String> settings) {
        return new ExampleOffload(sessions(settings.getOrDefault("sessions", "1000")));
    }

    private static int sessions(String value) {
        if (!value.matches("[1-9][0-9]{0,5}|1000000")) {
            throw new IllegalArgumentException("sessions: must be 1 to 1000000, is " + value);
        }
        return Integer.parseInt(value);
    }
}
