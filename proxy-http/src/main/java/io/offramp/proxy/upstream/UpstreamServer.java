package io.offramp.proxy.upstream;

import io.netty.util.NetUtil;
import io.offramp.proxy.net.HostPort;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** One server of a group. Thread-safe: all event loops share its state. */
public final class UpstreamServer {
    private static final long SKIPPED_NS = TimeUnit.SECONDS.toNanos(3);

    private final String name;
    private final HostPort host;
    private final int index;
    private final AtomicBoolean lookingUp = new AtomicBoolean();
    private volatile List<InetSocketAddress> addresses;
    private volatile boolean down;
    private volatile long retryAtNs;

    /** Resolves the name; blocks, so never on an event loop. */
    UpstreamServer(HostPort host, int index) {
        this(host, index, host.resolveAll());
    }

    UpstreamServer(HostPort host, int index, List<InetSocketAddress> addresses) {
        this.host = host;
        this.index = index;
        this.addresses = addresses;
        name = host.toString();
    }

    /** {@code host:port} as configured. */
    public String name() {
        return name;
    }

    /** Its bit among those that failed a request: positions 64 apart share one, so that the search always ends. */
    public long bit() {
        return 1L << index;
    }

    /** Its addresses, the one that accepted last first; a single unresolved one for an unknown name. */
    public List<InetSocketAddress> addresses() {
        return addresses;
    }

    /** True if it may be tried: it has not failed, or its failure was {@value #SKIPPED_NS} ns ago. */
    boolean isTried(long nowNs) {
        return !down || nowNs - retryAtNs >= 0;
    }

    /** It has accepted at {@code address}. */
    public void onConnected(InetSocketAddress address) {
        if (down) {
            down = false;
        }
        List<InetSocketAddress> known = addresses;
        if (!known.getFirst().equals(address) && known.contains(address)) {
            List<InetSocketAddress> better = new ArrayList<>(known);
            better.remove(address);
            better.addFirst(address);
            addresses = List.copyOf(better);
        }
    }

    /** It has not accepted; it is skipped for a while. */
    public void onFailed(long nowNs) {
        retryAtNs = nowNs + SKIPPED_NS;
        down = true;
        lookUpAgain();
    }

    /** A server that fails may have moved. */
    private void lookUpAgain() {
        if (!NetUtil.isValidIpV4Address(host.host())
                && !NetUtil.isValidIpV6Address(host.host())
                && lookingUp.compareAndSet(false, true)) {
            Thread.ofVirtual().name("lookup " + name).start(() -> {
                List<InetSocketAddress> found = host.resolveAll();
                if (!found.getFirst().isUnresolved()) {
                    addresses = found;
                }
                lookingUp.set(false);
            });
        }
    }
}
