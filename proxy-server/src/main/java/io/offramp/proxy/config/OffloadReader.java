package io.offramp.proxy.config;

import io.offramp.offload.OffloadProvider;
import io.offramp.offload.record.Direction;
import io.offramp.proxy.session.OffloadConfig;
import io.offramp.proxy.session.OffloadConfig.PerDirection;
import io.offramp.proxy.session.OffloadConfig.Policy;
import io.offramp.proxy.session.OffloadConfig.WholeConnections;
import io.offramp.proxy.session.OffloadRules;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the {@code offload} sections: of a listener, and of the whole file. */
final class OffloadReader {
    private static final Scalar<Policy> POLICY = Scalar.choice(List.of(Policy.AUTO, Policy.SW, Policy.HW));
    private static final Scalar<Boolean> MODE = new Scalar<>("per-direction or hw-record", OffloadReader::isHwRecord);

    private final Surroundings surroundings;
    private final OffloadRules rules;
    private final Map<String, Map<String, String>> settings = new LinkedHashMap<>();

    OffloadReader(Surroundings surroundings) {
        this.surroundings = surroundings;
        rules = new OffloadRules(surroundings.backends());
    }

    /** The {@code offload} section of a listener; software if it has none. */
    OffloadConfig read(@Nullable Value value) {
        Section section = value == null ? null : value.section("backend", "mode", "tx", "rx");
        return section != null && section.get("mode", MODE, false) ? readHwRecord(section) : readPerDirection(section);
    }

    /** The {@code offload} section of an upstream, whose connections are always the host's; software without one. */
    OffloadConfig readOfUpstream(@Nullable Value value) {
        return readPerDirection(value == null ? null : value.section("backend", "tx", "rx"));
    }

    private OffloadConfig readPerDirection(@Nullable Section section) {
        Value backendValue = section == null ? null : section.require("backend", "one of " + names());
        Scalar<String> name = new Scalar<>("the name of a backend", this::known);
        String backend = backendValue == null ? null : backendValue.as(name);
        if (section == null) {
            return OffloadConfig.SOFTWARE;
        }
        // An unknown backend is a problem already; its policies are still checked, as if it were not software.
        String assumed = backend == null ? "" : backend;
        return new PerDirection(
                assumed, policy(section, Direction.TX, assumed), policy(section, Direction.RX, assumed));
    }

    /** The backend owns the listener: no other choice is left. */
    private OffloadConfig readHwRecord(Section section) {
        for (String direction : List.of("tx", "rx")) {
            Value written = section.get(direction);
            if (written != null) {
                written.error("not with mode hw-record, which is for both directions");
            }
        }
        Scalar<String> owner = new Scalar<>("the name of a backend", this::ownerOfConnections);
        Value backend = section.get("backend");
        if (backend == null && !rules.knows(OffloadRules.DEFAULT_BACKEND)) {
            section.value()
                    .error("mode hw-record needs the backend " + OffloadRules.DEFAULT_BACKEND + ", which is not there");
        }
        return new WholeConnections(section.get("backend", owner, OffloadRules.DEFAULT_BACKEND));
    }

    private static @Nullable Boolean isHwRecord(String text) {
        return switch (text) {
            case "hw-record" -> true;
            case "per-direction" -> false;
            default -> null;
        };
    }

    private String ownerOfConnections(String name) {
        if (!rules.takesConnections(known(name))) {
            throw new IllegalArgumentException(name + " takes no whole connections, as mode hw-record needs");
        }
        return name;
    }

    /**
     * The {@code offload} section of the whole file: settings by backend and name; each backend is opened with them
     * once, as a check. Read before any listener.
     */
    void readSettings(Value value) {
        Section section = value.section(surroundings.backends().keySet().toArray(String[]::new));
        if (section != null) {
            surroundings.backends().forEach((name, provider) -> {
                Value backend = section.get(name);
                if (backend != null) {
                    settings.put(name, settings(provider, backend));
                }
            });
        }
    }

    /** Settings by backend and name, as far as they have been read. */
    Map<String, Map<String, String>> settings() {
        return settings;
    }

    private static Map<String, String> settings(OffloadProvider provider, Value value) {
        Section section = value.section(provider.settings().keySet().toArray(String[]::new));
        Map<String, String> settings = new LinkedHashMap<>();
        if (section == null) {
            return settings;
        }
        section.entries().forEach((name, setting) -> {
            String text = setting.as(Scalar.TEXT);
            if (text != null && provider.settings().containsKey(name)) {
                settings.put(name, text);
                tryOut(provider, name, text, setting);
            }
        });
        return settings;
    }

    /** Only the backend knows its valid settings; asked one by one, so that every wrong one is found. */
    private static void tryOut(OffloadProvider provider, String name, String text, Value at) {
        try {
            provider.open(Map.of(name, text)).close();
        } catch (IllegalArgumentException e) {
            String message = String.valueOf(e.getMessage());
            String prefix = name + ": ";
            at.error(message.startsWith(prefix) ? message.substring(prefix.length()) : message);
        }
    }

    private Policy policy(Section section, Direction direction, String backend) {
        String key = direction.name().toLowerCase(Locale.ROOT);
        Policy policy = section.get(key, POLICY, OffloadRules.defaultPolicy(backend));
        Value written = section.get(key);
        if (written != null && !OffloadRules.allows(backend, policy)) {
            written.error("expected sw, is " + written + ": the backend is sw");
        } else if (written != null && policy == Policy.HW) {
            String refusal = refusal(backend, direction);
            if (refusal != null) {
                written.error("hw is not possible: " + refusal);
            }
        }
        return policy;
    }

    private @Nullable String refusal(String backend, Direction direction) {
        OffloadProvider provider = surroundings.backends().get(backend);
        try {
            return provider == null ? null : provider.refusal(direction, settings.getOrDefault(backend, Map.of()));
        } catch (IllegalArgumentException e) {
            // A wrong setting, which is a problem of its own.
            return null;
        }
    }

    private String known(String name) {
        if (rules.knows(name)) {
            return name;
        }
        String suggestion = Suggestion.of(name, surroundings.backends().keySet());
        throw new IllegalArgumentException("unknown backend \"" + name + "\"" + suggestion);
    }

    private String names() {
        return String.join(", ", surroundings.backends().keySet());
    }
}
