package io.offramp.offload.ktls;

import io.offramp.offload.Availability;
import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.record.Direction;
import io.offramp.offload.record.ProtocolVersion;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The abilities of the running kernel, found by probing it.
 *
 * @param cause the reason if it accepts nothing; null otherwise
 * @param release as {@code uname -r} prints it
 * @param taken the accepted protections
 * @param refusals the refused ones, with the error: {@code RX 1.3 chacha20-poly1305: EINVAL}
 * @param rekeysTx true if it accepts a new TX key in TLS 1.3 (Linux 6.14)
 * @param rekeysRx true if it accepts a new RX key in TLS 1.3
 * @param saysConf true if it reports whether software or a NIC protects a socket
 */
record KernelAbilities(
        @Nullable String cause,
        String release,
        List<Taken> taken,
        List<String> refusals,
        boolean rekeysTx,
        boolean rekeysRx,
        boolean saysConf) {
    /** One way to protect one direction. */
    record Taken(Direction direction, ProtocolVersion version, AeadSuite suite) {}

    static KernelAbilities none(String cause) {
        return new KernelAbilities(cause, "", List.of(), List.of(), false, false, false);
    }

    Availability availability() {
        return cause == null ? Availability.available() : Availability.unavailable(cause);
    }

    boolean takes(Direction direction, ProtocolVersion version, AeadSuite suite) {
        return taken.contains(new Taken(direction, version, suite));
    }

    boolean takesAny(Direction direction) {
        return taken.stream().anyMatch(one -> one.direction() == direction);
    }

    Set<ProtocolVersion> versions() {
        return taken.stream().map(Taken::version).collect(Collectors.toSet());
    }

    /**
     * Suites that it accepts in every version and direction of which it accepts any: the ones that can be promised
     * without a closer look.
     */
    Set<AeadSuite> suites() {
        return Arrays.stream(AeadSuite.values())
                .filter(suite -> taken.stream().allMatch(one -> takes(one.direction(), one.version(), suite)))
                .collect(Collectors.toSet());
    }
}
