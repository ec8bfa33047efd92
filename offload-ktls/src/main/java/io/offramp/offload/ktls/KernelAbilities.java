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
 * What the running kernel took when it was tried.
 *
 * @param cause why it takes nothing; null if it takes something
 * @param release as {@code uname -r} says it
 * @param taken what it took
 * @param refusals what it refused, with the error: {@code RX 1.3 chacha20-poly1305: EINVAL}
 * @param rekeysTx whether it takes other TX keys in TLS 1.3 (Linux 6.14)
 * @param rekeysRx whether it takes other RX keys in TLS 1.3
 * @param saysConf whether it tells us who does the work of a socket
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
     * Suites that it takes in each version and direction of which it takes any: what can be promised without looking
     * closer.
     */
    Set<AeadSuite> suites() {
        return Arrays.stream(AeadSuite.values())
                .filter(suite -> taken.stream().allMatch(one -> takes(one.direction(), one.version(), suite)))
                .collect(Collectors.toSet());
    }
}
