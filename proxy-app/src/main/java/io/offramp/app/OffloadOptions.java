package io.offramp.app;

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
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of a command: the backend and mode of each direction. */
final class OffloadOptions {
    /** Values of {@code --tx} and {@code --rx}. */
    private enum Mode {
        AUTO,
        SW,
        HW,
        /** Of a whole connection, so refused here, with the reason. */
        HW_RECORD;

        Policy policy() {
            return this == AUTO ? Policy.AUTO : this == SW ? Policy.SW : Policy.HW;
        }
    }

    @Option(
            names = "--backend",
            paramLabel = "NAME",
            description =
                    "backend of --tx and --rx: device (a NIC model), ktls (the Linux kernel) or sw (software only)")
    private @Nullable String backend;

    @Option(names = "--tx", paramLabel = "MODE", description = "mode of the records sent: sw, hw or auto")
    private @Nullable Mode tx;

    @Option(names = "--rx", paramLabel = "MODE", description = "mode of the records received: sw, hw or auto")
    private @Nullable Mode rx;

    @Option(
            names = "--hw-record",
            description = "the device owns the connections: TCP session, handshake and records; excludes --tx and --rx")
    private boolean hwRecord;

    @Option(
            names = "--set",
            paramLabel = "NAME=VALUE",
            description = "a setting of the backend, such as engines=2 or faults=loss=1%%; may be repeated")
    private Map<String, String> settings = new LinkedHashMap<>();

    /**
     * Settings of the backend; the backend is opened with them once, as a check.
     *
     * @throws CommandFailure if the backend refuses a name or value
     */
    Map<String, Map<String, String>> settings(OffloadConfig config, List<OffloadProvider> backends)
            throws CommandFailure {
        for (OffloadProvider provider : backends) {
            if (provider.name().equals(config.backend())) {
                try {
                    provider.open(settings).close();
                    requirePossible(config, provider);
                } catch (IllegalArgumentException e) {
                    throw CommandFailure.badConfig(List.of("--set: " + e.getMessage()));
                }
            }
        }
        return settings.isEmpty() ? Map.of() : Map.of(config.backend(), settings);
    }

    private void requirePossible(OffloadConfig config, OffloadProvider provider) throws CommandFailure {
        for (Direction direction : Direction.values()) {
            boolean isAskedFor = config instanceof PerDirection && config.policy(direction) == Policy.HW;
            String refusal = isAskedFor ? provider.refusal(direction, settings) : null;
            if (refusal != null) {
                String option = "--" + direction.name().toLowerCase(Locale.ROOT);
                throw CommandFailure.badConfig(List.of(option + ": hw is not possible: " + refusal));
            }
        }
    }

    /**
     * The modes of the options. A direction without an option is {@code auto}.
     *
     * @param fallback the backend if no option is given
     * @throws CommandFailure if there is no such backend, or it does not have the mode
     */
    OffloadConfig resolve(String fallback, List<OffloadProvider> backends) throws CommandFailure {
        String name = backend != null
                ? backend
                : tx != null || rx != null || hwRecord ? OffloadRules.DEFAULT_BACKEND : fallback;
        Map<String, OffloadProvider> known = new TreeMap<>();
        backends.forEach(provider -> known.put(provider.name(), provider));
        OffloadRules rules = new OffloadRules(known);
        if (!rules.knows(name)) {
            throw refusal("unknown backend \"" + name + "\"; known are " + String.join(", ", known.keySet()));
        }
        if (hwRecord || tx == Mode.HW_RECORD || rx == Mode.HW_RECORD) {
            return hwRecord(name, rules);
        }
        return new PerDirection(name, policy(name, tx), policy(name, rx));
    }

    private static Policy policy(String backend, @Nullable Mode mode) throws CommandFailure {
        Policy policy = mode == null ? OffloadRules.defaultPolicy(backend) : mode.policy();
        if (!OffloadRules.allows(backend, policy)) {
            throw refusal("sw is software only; --tx and --rx can be nothing else then");
        }
        return policy;
    }

    private OffloadConfig hwRecord(String name, OffloadRules rules) throws CommandFailure {
        if (tx != null || rx != null) {
            throw CommandFailure.badConfig(List.of("--hw-record: is for both directions, without --tx and --rx"));
        }
        if (!rules.takesConnections(name)) {
            throw CommandFailure.badConfig(List.of("--hw-record: " + name + " takes no whole connections"));
        }
        return new WholeConnections(name);
    }

    private static CommandFailure refusal(String why) {
        return CommandFailure.badConfig(List.of("--backend: " + why));
    }
}
