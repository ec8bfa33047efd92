package io.offramp.proxy.upstream;

import io.offramp.proxy.net.ServerAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** One server of a group. Thread-safe: all event loops share its state. */
public final class UpstreamServer {
    private static final long SKIPPED_NS = TimeUnit.SECONDS.toNanos(3);

    private final UpstreamGroup group;
    private final String name;
    private final ServerAddress address;
    private final int index;
    private final AtomicBoolean lookingUp = new AtomicBoolean();
    private volatile List<SocketAddress> addresses;
    private volatile boolean down;
    private volatile long retryAtNs;

    /** Resolves the name; blocks, so never on an event loop. */
    UpstreamServer(UpstreamGroup group, ServerAddress address, int index) {
        this(group, address, index, address.resolveAll());
    }

    UpstreamServer(UpstreamGroup group, ServerAddress address, int index, List<? extends SocketAddress> addresses) {
        this.group = group;
        this.address = address;
        this.index = index;
        this.addresses = List.copyOf(addresses);
        name = address.toString();
    }

    /** The group that it belongs to. */
    public UpstreamGroup group() {
        return group;
    }

    /** As configured: {@code host:port}, {@code unix:/run/app.sock}. */
    public String name() {
        return name;
    }

    /** The Host of a request that has none. */
    public String authority() {
        return address.authority();
    }

    /** Its bit among those that failed a request: positions 64 apart share one, so that the search always ends. */
    public long bit() {
        return 1L << index;
    }

    /** Its addresses, the one that accepted last first; a single unresolved one for an unknown name. */
    public List<SocketAddress> addresses() {
        return addresses;
    }

    /** True if it may be tried: it has not failed, or its failure was {@value #SKIPPED_NS} ns ago. */
    boolean isTried(long nowNs) {
        return !down || nowNs - retryAtNs >= 0;
    }

    /** It has accepted at {@code used}. */
    public void onConnected(SocketAddress used) {
        if (down) {
            down = false;
        }
        List<SocketAddress> known = addresses;
        if (!known.getFirst().equals(used) && known.contains(used)) {
            List<SocketAddress> better = new ArrayList<>(known);
            better.remove(used);
            better.addFirst(used);
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
        if (address.isName() && lookingUp.compareAndSet(false, true)) {
            Thread.ofVirtual().name("lookup " + name).start(() -> {
                List<? extends SocketAddress> found = address.resolveAll();
                if (!(found.getFirst() instanceof InetSocketAddress first && first.isUnresolved())) {
                    addresses = List.copyOf(found);
                }
                lookingUp.set(false);
            });
        }
    }
}
