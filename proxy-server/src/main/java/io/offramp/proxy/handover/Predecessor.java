package io.offramp.proxy.handover;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Errors;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.offramp.proxy.sockets.Inheritance;
import io.offramp.proxy.sockets.InheritedSockets;
import io.offramp.proxy.sockets.PastUpgrades;
import io.offramp.proxy.sockets.SocketTransport;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The running process that has started this one to take its place. For one thread. */
public final class Predecessor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Predecessor.class);
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(10);

    private final EventLoopGroup group;
    private final Peer peer;
    private PastUpgrades upgrades = PastUpgrades.NONE;

    private Predecessor(EventLoopGroup group, Peer peer) {
        this.group = group;
        this.peer = peer;
    }

    /**
     * Calls it. Blocks.
     *
     * @param socket of the running process
     * @throws ConnectException if no process listens there any more: that one was killed
     * @throws IOException if it does not answer
     */
    public static Predecessor call(Path socket) throws IOException {
        SocketTransport transport = SocketTransport.best();
        if (!transport.isEpoll()) {
            throw new IOException("an upgrade needs Netty's epoll: " + transport);
        }
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("offramp-predecessor", true), transport.handler());
        CompletableFuture<Peer> peer = new CompletableFuture<>();
        ChannelFuture connected = new Bootstrap()
                .group(group)
                .channel(EpollDomainSocketChannel.class)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        peer.complete(Peer.on(channel));
                    }
                })
                .connect(new DomainSocketAddress(socket.toFile()))
                .awaitUninterruptibly();
        if (!connected.isSuccess()) {
            group.shutdownGracefully(0, 0, TimeUnit.SECONDS);
            throw failure(socket, connected.cause());
        }
        return new Predecessor(group, peer.join());
    }

    /** Netty has one class for all, and the number in its text. */
    private static IOException failure(Path socket, Throwable cause) {
        String text = String.valueOf(cause.getMessage());
        if (cause instanceof ConnectException && text.contains("(" + Errors.ERROR_ECONNREFUSED_NEGATIVE + ")")) {
            return new ConnectException("nobody listens on " + socket);
        }
        String reason = cause instanceof FileNotFoundException ? "No such file or directory" : text;
        return new IOException("cannot connect to " + socket + ": " + reason, cause);
    }

    /**
     * Takes what it gives. Blocks. If it ends meanwhile, this process has to serve: it goes on with what has come, and
     * with sockets of its own, whose addresses are free then.
     *
     * @throws IOException if it refuses
     */
    public Inheritance take() throws IOException {
        Secrets keys = new Secrets();
        Secrets sessions = new Secrets();
        Map<String, Integer> sockets = new LinkedHashMap<>();
        try {
            peer.say(Protocol.greeting(Protocol.TAKE));
            List<String> names = names(keys, sessions);
            peer.expectDescriptors(true);
            peer.say(Protocol.SEND);
            for (String name : names) {
                sockets.put(name, peer.descriptor(ANSWER_LIMIT));
            }
            peer.expectDescriptors(false);
        } catch (EOFException e) {
            LOG.warn("the process before has ended while it gave its sockets: {} have come", sockets.size());
        }
        return new Inheritance(InheritedSockets.of(sockets), keys.all(), sessions.all(), upgrades);
    }

    private List<String> names(Secrets keys, Secrets sessions) throws IOException {
        List<String> names = new ArrayList<>();
        while (true) {
            String line = peer.hear(ANSWER_LIMIT);
            if (line.startsWith(Protocol.UPGRADES)) {
                String[] words = line.split(" ");
                upgrades = new PastUpgrades(Long.parseLong(words[1]), Long.parseLong(words[2]));
            } else if (line.startsWith(Protocol.KEY)) {
                keys.add(line);
            } else if (line.startsWith(Protocol.SESSION)) {
                sessions.add(line);
            } else if (line.startsWith(Protocol.SOCKET)) {
                names.add(line.substring(Protocol.SOCKET.length()));
            } else if (line.equals(Protocol.END)) {
                return names;
            } else if (line.startsWith(Protocol.REFUSED)) {
                throw new IOException("the running process refuses: " + line.substring(Protocol.REFUSED.length()));
            } else {
                throw new IOException("the running process: " + Protocol.mismatch(line.split(" ")[0]));
            }
        }
    }

    /**
     * This process serves.
     *
     * @param left names of sockets that it has not taken
     */
    public void sayReady(List<String> left) {
        left.forEach(name -> peer.say(Protocol.LEFT + name));
        peer.say(Protocol.READY);
        peer.ended().thenRun(() -> {
            LOG.info("the process before has ended");
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        });
    }

    /** This process ends because it was told to, whether it has served or not. */
    public void sayOver() {
        if (!peer.ended().isDone()) {
            peer.say(Protocol.OVER);
        }
    }

    /** Whether it has ended, within this time. Blocks. */
    public boolean hasEnded(Duration limit) {
        try {
            peer.ended().get(limit.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException | ExecutionException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** This process does not serve. */
    public void sayFailed(String reason) {
        peer.say(Protocol.FAILED + reason.lines().findFirst().orElse(""));
    }

    /** Says nothing more. */
    @Override
    public void close() {
        peer.close();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
