package io.offramp.app;

import io.offramp.offload.OffloadProvider;
import io.offramp.proxy.session.OffloadConfig;
import io.offramp.proxy.session.OffloadConfig.Policy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of a command: the backend and mode of each direction. */
final class OffloadOptions {
    private static final String DEVICE = "device";

    @Option(
            names = "--backend",
            paramLabel = "NAME",
            description =
                    "backend of --tx and --rx: device (a NIC model), ktls (the Linux kernel) or sw (software only)")
    private @Nullable String backend;

    @Option(names = "--tx", paramLabel = "MODE", description = "mode of the records sent: sw, hw or auto")
    private @Nullable Policy tx;

    @Option(names = "--rx", paramLabel = "MODE", description = "mode of the records received: sw, hw or auto")
    private @Nullable Policy rx;

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
                } catch (IllegalArgumentException e) {
                    throw CommandFailure.badConfig(List.of("--set: " + e.getMessage()));
                }
            }
        }
        return settings.isEmpty() ? Map.of() : Map.of(config.backend(), settings);
    }

    /**
     * The modes of the options. A direction without an option is {@code auto}.
     *
     * @param fallback the backend if no option is given
     * @throws CommandFailure if there is no such backend, or it does not have the mode
     */
    OffloadConfig resolve(String fallback, List<OffloadProvider> backends) throws CommandFailure {
        String name = backend != null ? backend : tx != null || rx != null || hwRecord ? DEVICE : fallback;
        List<String> known =
                backends.stream().map(OffloadProvider::name).sorted().toList();
        if (!known.contains(name)) {
            throw refusal("unknown backend \"" + name + "\"; known are " + String.join(", ", known));
        }
        if (hwRecord || tx == Policy.HW_RECORD || rx == Policy.HW_RECORD) {
            return hwRecord(name, backends);
        }
        if (!name.equals(OffloadConfig.SOFTWARE.backend())) {
            return new OffloadConfig(name, tx == null ? Policy.AUTO : tx, rx == null ? Policy.AUTO : rx);
        }
        if (isHardware(tx) || isHardware(rx)) {
            throw refusal("sw is software only; --tx and --rx can be nothing else then");
        }
        return OffloadConfig.SOFTWARE;
    }

    private OffloadConfig hwRecord(String name, List<OffloadProvider> backends) throws CommandFailure {
        if (tx != null || rx != null) {
            throw CommandFailure.badConfig(List.of("--hw-record: is for both directions, without --tx and --rx"));
        }
        if (backends.stream().noneMatch(each -> each.name().equals(name) && each.takesConnections())) {
            throw CommandFailure.badConfig(List.of("--hw-record: " + name + " takes no whole connections"));
        }
        return OffloadConfig.hwRecord(name);
    }

    private static CommandFailure refusal(String why) {
        return CommandFailure.badConfig(List.of("--backend: " + why));
    }

    private static boolean isHardware(@Nullable Policy policy) {
        return policy != null && policy != Policy.SW;
    }
}
