package io.offramp.proxy.guard;

import io.offramp.proxy.net.Cidr;
import java.net.InetAddress;
import java.util.List;

/**
 * Allows and denies clients by address: the first line that has the address decides. An address that no line has is
 * denied if any line allows others, else allowed. So a list of allowed addresses needs no line against all others, and
 * a list of denied ones none for them.
 *
 * @param lines in order
 */
public record AddressList(List<Line> lines) {
    /**
     * One line.
     *
     * @param blocks addresses that it has
     */
    public record Line(boolean allow, List<Cidr> blocks) {
        boolean has(InetAddress address) {
            for (Cidr each : blocks) {
                if (each.contains(address)) {
                    return true;
                }
            }
            return false;
        }
    }

    /** Whether a client may. */
    public boolean allows(InetAddress client) {
        boolean others = true;
        for (Line line : lines) {
            if (line.has(client)) {
                return line.allow;
            }
            others &= !line.allow;
        }
        return others;
    }
}
