package io.offramp.proxy.config;

import io.offramp.proxy.guard.AddressList;
import io.offramp.proxy.guard.ConnectionLimits;
import io.offramp.proxy.net.Cidr;
import io.offramp.proxy.rate.RateLimit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code connections} of a listener: which it takes, by address. In {@code tcp} mode, where there are no requests
 * to judge, {@code access} means the same by its {@code addresses}.
 */
final class ConnectionsReader {
    private static final Scalar<Integer> OPEN = Scalar.number(1, 1_000_000);

    private ConnectionsReader() {}

    static ConnectionLimits read(Section listener, ListenerConfig.Mode mode) {
        Value value = listener.get("connections");
        Section section = value == null
                ? null
                : value.section("addresses", "open", "rate", "burst", "clients", "exempt", "dry-run");
        Value addresses = section == null ? null : section.get("addresses");
        Value access = mode == ListenerConfig.Mode.TCP ? ofAccess(listener.get("access")) : null;
        if (addresses != null && access != null) {
            addresses.error(access.path() + " says it already");
        }
        AddressList may = addressList(addresses == null ? access : addresses);
        if (section == null) {
            return may == null ? ConnectionLimits.NONE : new ConnectionLimits(may, 0, null, List.of(), false);
        }
        RateLimit rate = RateReader.connections(section);
        int open = section.get("open", OPEN, 0);
        Value exempt = section.get("exempt");
        List<Cidr> without =
                exempt == null ? List.of() : HttpReader.distinct(exempt, "a list of addresses", HttpReader.ADDRESSES);
        if (exempt != null && rate == null && open == 0) {
            exempt.warn("nothing to be exempt from: neither open nor rate is set");
        }
        boolean dryRun = rate != null ? rate.dryRun() : section.get("dry-run", Scalar.BOOL, false);
        return new ConnectionLimits(may, open, rate, without, dryRun);
    }

    private static @Nullable AddressList addressList(@Nullable Value value) {
        return value == null ? null : AccessReader.addressList(value);
    }

    private static @Nullable Value ofAccess(@Nullable Value access) {
        Section section = access == null ? null : access.section(AccessReader.KEYS);
        if (section == null) {
            return null;
        }
        section.entries().forEach((key, part) -> {
            if (!key.equals("addresses")) {
                part.error("a tcp listener sees no requests; its access goes by addresses alone");
            }
        });
        return section.get("addresses");
    }
}
