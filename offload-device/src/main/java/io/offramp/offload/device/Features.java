package io.offramp.offload.device;

import io.offramp.offload.record.Direction;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/**
 * The features that {@code ethtool -K} turns on and off: {@code tls-hw-tx-offload} and {@code tls-hw-rx-offload}. They
 * are for new connections only; what is offloaded stays so. Thread-safe.
 */
final class Features {
    private volatile Set<Direction> on;

    Features(Set<Direction> on) {
        this.on = Set.copyOf(on);
    }

    /** Name of a direction's feature. */
    static String name(Direction direction) {
        return "tls-hw-" + direction.name().toLowerCase(Locale.ROOT) + "-offload";
    }

    /** True where new connections may have this direction on the device. */
    boolean has(Direction direction) {
        return on.contains(direction);
    }

    /** Turns a feature on or off, for new connections. */
    synchronized void set(Direction direction, boolean isOn) {
        Set<Direction> changed = EnumSet.noneOf(Direction.class);
        changed.addAll(on);
        if (isOn) {
            changed.add(direction);
        } else {
            changed.remove(direction);
        }
        on = Set.copyOf(changed);
    }
}
