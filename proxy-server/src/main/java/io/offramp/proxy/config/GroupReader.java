package io.offramp.proxy.config;

import io.offramp.offload.record.ProtocolVersion;
import io.offramp.proxy.handshake.engine.HandshakeSettings;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads {@code groups}: the key exchanges of a listener, in order of preference. */
final class GroupReader {
    /** In the default order of preference. */
    static final List<String> SUPPORTED = HandshakeSettings.supportedGroups();

    private static final Scalar<String> GROUP = Scalar.known("group", SUPPORTED);

    private GroupReader() {}

    /** @param versions of the listener: each needs at least one of its groups */
    static List<String> read(@Nullable Value list, Set<ProtocolVersion> versions) {
        List<String> groups = list == null
                ? SUPPORTED
                : List.copyOf(list.distinct("a list of groups", GROUP).keySet());
        if (groups.isEmpty()) {
            return SUPPORTED;
        }
        boolean newOnly = groups.stream().allMatch(HandshakeSettings::isTls13Only);
        if (list != null && newOnly && versions.contains(ProtocolVersion.TLS_1_2)) {
            list.error("none is for TLS 1.2, which is among the versions");
        }
        return groups;
    }
}
