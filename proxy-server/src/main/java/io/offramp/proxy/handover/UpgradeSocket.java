package io.offramp.proxy.handover;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.offramp.proxy.accept.AcceptPause;
import io.offramp.proxy.sockets.InheritedSockets;
import io.offramp.proxy.sockets.SocketFile;
import io.offramp.proxy.sockets.SocketTransport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a running process is asked to give way: a Unix socket of mode 0600. It talks to processes of its own user and
 * of root only, as the kernel says who they are. Thread-safe.
 */
public final class UpgradeSocket implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(UpgradeSocket.class);
    private static final String MODE = "rw-------";
    private static final Duration GREETING_LIMIT = Duration.ofSeconds(10);
    private static final int ROOT = 0;

    private final String name;
    private final EventLoopGroup group;
    private final SocketFile.Bound bound;

    /** Those who call. Each call has a thread of its own, and owns its peer. */
    public interface Callers {
        /** {@code offramp upgrade}. */
        void onCommand(Peer command);

        /** A process that wants to take the place of this one. */
        void onSuccessor(Peer successor);
    }

    private UpgradeSocket(String name, EventLoopGroup group, SocketFile.Bound bound) {
        this.name = name;
        this.group = group;
        this.bound = bound;
    }

    /**
     * Binds the socket, or takes it from the process before. It accepts nothing before {@link #accept}. Blocks.
     *
     * @throws IOException if it cannot be bound, or this machine has no epoll, which passes descriptors
     */
    public static UpgradeSocket open(Path file, InheritedSockets inherited, Callers callers) throws IOException {
        SocketTransport transport = SocketTransport.best();
        if (!transport.isEpoll()) {
            throw new IOException("needs Netty's epoll: " + transport);
        }
        String name = "upgrade " + file;
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("offramp-upgrade", true), transport.handler());
        Calls calls = new Calls(callers);
        ServerBootstrap listener = new ServerBootstrap()
                .group(group)
                .option(ChannelOption.AUTO_READ, false)
                .handler(new AcceptPause("upgrade", () -> {}))
                .childHandler(calls);
        try {
            SocketFile.Bound bound = transport.listen(listener, file, MODE, inherited.take(name));
            calls.owner = bound.file().owner();
            return new UpgradeSocket(name, group, bound);
        } catch (IOException e) {
            group.shutdownGracefully(0, 0, TimeUnit.SECONDS);
            throw e;
        }
    }

    /** Among those of all processes that follow one another. */
    public String name() {
        return name;
    }

    /** Calls are taken from now on. */
    public void accept() {
        AcceptPause.release(bound.channel());
    }

    /** Another process takes the calls now. */
    public void rest() {
        AcceptPause.hold(bound.channel());
        bound.file().leave();
    }

    /** The other process has ended. */
    public void goOn() {
        own();
        accept();
    }

    /** The process that had the file has left it to this one. */
    public void own() {
        bound.file().take();
    }

    /** What this process gives, with this socket as well. */
    public Legacy with(Legacy legacy) {
        FileDescriptor descriptor = Objects.requireNonNull(SocketTransport.descriptor(bound.channel()));
        return legacy.with(name, descriptor);
    }

    /** Ends the calls, and deletes the file unless another process has it. */
    @Override
    public void close() {
        bound.channel().close().awaitUninterruptibly();
        bound.file().delete();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(1, TimeUnit.SECONDS);
    }

    private static final class Calls extends ChannelInitializer<Channel> {
        private final Callers callers;
        private volatile int owner;

        Calls(Callers callers) {
            this.callers = callers;
        }

        @Override
        protected void initChannel(Channel channel) throws IOException {
            Peer peer = Peer.on(channel);
            int uid = peer.credentials().uid();
            if (uid != owner && uid != ROOT) {
                LOG.info("upgrade: refused user {}: not the user of this process", uid);
                channel.close();
                return;
            }
            Thread.ofPlatform().daemon().name("offramp-upgrade-call").start(() -> take(peer));
        }

        private void take(Peer peer) {
            try {
                String greeting = peer.hear(GREETING_LIMIT);
                if (greeting.equals(Protocol.greeting(Protocol.UPGRADE))) {
                    callers.onCommand(peer);
                } else if (greeting.equals(Protocol.greeting(Protocol.WHO))) {
                    peer.say(Protocol.PROCESS + ProcessHandle.current().pid());
                    peer.close();
                } else if (greeting.equals(Protocol.greeting(Protocol.TAKE))) {
                    callers.onSuccessor(peer);
                } else {
                    LOG.warn("upgrade: refused: {}", Protocol.mismatch(greeting));
                    peer.say((greeting.startsWith(Protocol.UPGRADE) ? Protocol.FAILED : Protocol.REFUSED)
                            + Protocol.mismatch(greeting));
                    peer.close();
                }
            } catch (IOException e) {
                LOG.debug("upgrade: a call without a word: {}", e.getMessage());
                peer.close();
            }
        }
    }
}
