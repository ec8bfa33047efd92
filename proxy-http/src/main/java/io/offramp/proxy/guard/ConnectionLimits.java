package io.offramp.proxy.guard;

import io.offramp.proxy.net.Cidr;
import io.offramp.proxy.rate.RateLimit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which connections a listener takes, by the address of their client, before the first byte of a handshake or request.
 *
 * @param addresses that may connect; null for all
 * @param open most of one client at a time; 0 for any number
 * @param rate of new ones of one client; null for any
 * @param exempt addresses for which neither {@code open} nor {@code rate} holds
 * @param dryRun true if {@code open} and {@code rate} count and refuse nothing; {@code addresses} always refuse
 */
public record ConnectionLimits(
        @Nullable AddressList addresses, int open, @Nullable RateLimit rate, List<Cidr> exempt, boolean dryRun) {
    /** Every connection is taken. */
    public static final ConnectionLimits NONE = new ConnectionLimits(null, 0, null, List.of(), false);

    /** Copies the list. */
    public ConnectionLimits {
        exempt = List.copyOf(exempt);
    }
}
