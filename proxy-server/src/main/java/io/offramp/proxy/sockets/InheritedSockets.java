package io.offramp.proxy.sockets;

import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.unix.FileDescriptor;
import io.offramp.proxy.sockets.ffi.Descriptors;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listening sockets that were open before the process, and whose backlog may hold connections. A listener takes its own
 * instead of binding another. One thread at a time.
 */
public final class InheritedSockets {
    private static final Logger LOG = LoggerFactory.getLogger(InheritedSockets.class);
    private static final int FIRST = 3;

    private final List<Inherited> rest = new ArrayList<>();

    /**
     * @param name of its listener; null if nobody has said it
     * @param address null if the socket cannot be asked, or has a name
     */
    private record Inherited(
            int descriptor, @Nullable String name, @Nullable InetSocketAddress address) {}

    private InheritedSockets() {}

    /** None. */
    public static InheritedSockets none() {
        return new InheritedSockets();
    }

    /**
     * Those of systemd's socket activation, if the environment means this process (sd_listen_fds(3)). Without epoll
     * there are none: Java's own sockets take no descriptor.
     *
     * @param pid of this process
     */
    public static InheritedSockets of(Map<String, String> environment, long pid) {
        return of(named(environment, pid));
    }

    static List<Integer> named(Map<String, String> environment, long pid) {
        String count = environment.getOrDefault("LISTEN_FDS", "0");
        return environment.getOrDefault("LISTEN_PID", "").equals(Long.toString(pid)) && count.matches("\\d{1,4}")
                ? IntStream.range(FIRST, FIRST + Integer.parseInt(count))
                        .boxed()
                        .toList()
                : List.of();
    }

    /** @param descriptors of listening sockets */
    static InheritedSockets of(List<Integer> descriptors) {
        InheritedSockets sockets = none();
        if (!descriptors.isEmpty() && !SocketTransport.best().isEpoll()) {
            LOG.warn("{} inherited sockets are not used, as that needs Netty's epoll", descriptors.size());
            return sockets;
        }
        descriptors.forEach(sockets::add);
        return sockets;
    }

    /** Those of another process, which has said the names of their listeners. */
    public static InheritedSockets of(Map<String, Integer> descriptors) {
        InheritedSockets sockets = none();
        descriptors.forEach((name, descriptor) -> sockets.rest.add(new Inherited(descriptor, name, null)));
        return sockets;
    }

    private void add(int descriptor) {
        try {
            Descriptors.doNotBlock(descriptor);
            if (!Descriptors.isListening(descriptor)) {
                LOG.warn("closed the inherited descriptor {}: it is no listening stream socket", descriptor);
                close(descriptor);
                return;
            }
            rest.add(new Inherited(descriptor, null, new EpollServerSocketChannel(descriptor).localAddress()));
        } catch (IOException e) {
            LOG.warn("not inherited: {}", e.getMessage());
        }
    }

    /** The socket of this name or address, which is the caller's from now on; null for none. */
    public @Nullable Integer take(String name, InetSocketAddress address) {
        Integer own = takeFirst(each -> name.equals(each.name) || address.equals(each.address));
        return own == null ? takeFirst(each -> takesAll(each, address)) : own;
    }

    /** The Unix socket of this name, which is the caller's from now on; null for none. */
    public @Nullable Integer take(String name) {
        return takeFirst(each -> name.equals(each.name));
    }

    private @Nullable Integer takeFirst(Predicate<Inherited> wanted) {
        Inherited found = rest.stream().filter(wanted).findFirst().orElse(null);
        if (found == null) {
            return null;
        }
        rest.remove(found);
        return found.descriptor;
    }

    /** All addresses are the same in both families: a socket of IPv6 takes IPv4 as well, unless it says no. */
    private static boolean takesAll(Inherited each, InetSocketAddress wanted) {
        return each.address != null
                && !wanted.isUnresolved()
                && each.address.getAddress().isAnyLocalAddress()
                && wanted.getAddress().isAnyLocalAddress()
                && each.address.getPort() == wanted.getPort()
                && !Descriptors.isIpv6Only(each.descriptor);
    }

    /** Those with a name that no listener has taken so far. */
    public List<String> names() {
        return rest.stream().map(Inherited::name).filter(Objects::nonNull).toList();
    }

    /** Closes those that no listener has taken, each with a line in the log. */
    public void closeRest() {
        for (Inherited each : rest) {
            LOG.warn(
                    "closed the inherited socket {}: no listener has its address",
                    each.name == null ? each.address : each.name);
            close(each.descriptor);
        }
        rest.clear();
    }

    private static void close(int descriptor) {
        try {
            new FileDescriptor(descriptor).close();
        } catch (IOException e) {
            LOG.debug("descriptor {}: {}", descriptor, e.getMessage());
        }
    }
}
