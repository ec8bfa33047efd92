package io.offramp.proxy.upstream.resolve;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DnsRawRecord;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.resolver.ResolvedAddressTypes;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsServerAddressStreamProvider;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * DNS as {@code /etc/resolv.conf} says: its servers, search domains and ndots; {@code /etc/hosts} first. Answers that
 * are too long for UDP come by TCP. Confined to one event loop.
 */
public final class DnsNames implements Names {
    /** For an answer without a TTL, which is one of {@code /etc/hosts}. */
    static final Duration FILE_TTL = Duration.ofSeconds(30);

    private static final Logger LOG = LoggerFactory.getLogger(DnsNames.class);
    private static final int MAX_WARNED = 100;

    private final Set<String> warned = new HashSet<>();
    private final EventLoop loop;
    private final DnsNameResolver resolver;
    private final TtlWatch ttls = new TtlWatch();
    private final @Nullable EventLoopGroup own;

    /** On this event loop. */
    public DnsNames(EventLoop loop) {
        this(loop, null, null);
    }

    /** On a thread of its own, which ends with it. */
    public static DnsNames alone() {
        EventLoopGroup own = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("offramp-dns", true), NioIoHandler.newFactory());
        return new DnsNames(own.next(), null, own);
    }

    /** @param servers of DNS */
    DnsNames(EventLoop loop, DnsServerAddressStreamProvider servers) {
        this(loop, servers, null);
    }

    private DnsNames(EventLoop loop, @Nullable DnsServerAddressStreamProvider servers, @Nullable EventLoopGroup own) {
        this.loop = loop;
        this.own = own;
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
    public Future<Service> lookUpService(String name) {
        Promise<Service> result = loop.newPromise();
        Future<List<DnsRecord>> all = resolver.resolveAll(new DefaultDnsQuestion(name, DnsRecordType.SRV));
        all.addListener(done -> {
            if (!done.isSuccess()) {
                result.setFailure(done.cause());
                return;
            }
            try {
                result.setSuccess(service(name, all.getNow()));
            } catch (RuntimeException e) {
                result.setFailure(e);
            } finally {
                all.getNow().forEach(ReferenceCountUtil::release);
            }
        });
        return result;
    }

    /** A record that names no server is left out: others have one. */
    private Service service(String name, List<DnsRecord> records) {
        List<ServiceTarget> targets = new ArrayList<>();
        long ttl = Long.MAX_VALUE;
        for (DnsRecord each : records) {
            try {
                ServiceTarget target = each instanceof DnsRawRecord raw ? ServiceTarget.read(raw.content()) : null;
                ttl = Math.min(ttl, each.timeToLive());
                if (target != null) {
                    targets.add(target);
                }
            } catch (RuntimeException e) {
                warnOnce(name + " has a record that is left out: " + e.getMessage());
            }
        }
        if (targets.isEmpty()) {
            throw new IllegalArgumentException("the answer says that there is no such service");
        }
        return new Service(targets, Duration.ofSeconds(ttl));
    }

    private void warnOnce(String message) {
        if (warned.size() < MAX_WARNED && warned.add(message)) {
            LOG.warn("{}", message);
        }
    }

    @Override
    public EventLoop eventLoop() {
        return loop;
    }

    @Override
    public void close() {
        resolver.close();
        if (own != null) {
            own.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
    }
}
