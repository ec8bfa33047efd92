package io.offramp.proxy.upstream.resolve;

import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.resolver.ResolvedAddressTypes;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsServerAddressStreamProvider;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * DNS as {@code /etc/resolv.conf} says: its servers, search domains and ndots; {@code /etc/hosts} first. Answers that
 * are too long for UDP come by TCP. Confined to one event loop.
 */
public final class DnsNames implements Names {
    /** For an answer without a TTL, which is one of {@code /etc/hosts}. */
    static final Duration FILE_TTL = Duration.ofSeconds(30);

    private final EventLoop loop;
    private final DnsNameResolver resolver;
    private final TtlWatch ttls = new TtlWatch();

    /** On this event loop. */
    public DnsNames(EventLoop loop) {
        this(loop, null);
    }

    /** @param servers null for those of the system */
    DnsNames(EventLoop loop, @Nullable DnsServerAddressStreamProvider servers) {
        this.loop = loop;
        boolean epoll = loop instanceof IoEventLoop io && io.isCompatible(EpollIoHandle.class);
        DnsNameResolverBuilder builder = new DnsNameResolverBuilder(loop)
                .datagramChannelType(epoll ? EpollDatagramChannel.class : NioDatagramChannel.class)
                .socketChannelType(epoll ? EpollSocketChannel.class : NioSocketChannel.class)
                .resolvedAddressTypes(ResolvedAddressTypes.IPV4_PREFERRED)
                .resolveCache(ttls);
        if (servers != null) {
            builder.nameServerProvider(servers);
        }
        resolver = builder.build();
    }

    @Override
    public Future<Found> lookUp(String name) {
        Promise<Found> result = loop.newPromise();
        Future<List<InetAddress>> all = resolver.resolveAll(name);
        all.addListener(done -> {
            if (!done.isSuccess()) {
                result.setFailure(done.cause());
            } else {
                result.setSuccess(new Found(all.getNow(), ttls.least(name, FILE_TTL)));
            }
        });
        return result;
    }

    @Override
    public EventLoop eventLoop() {
        return loop;
    }

    @Override
    public void close() {
        resolver.close();
    }
}
