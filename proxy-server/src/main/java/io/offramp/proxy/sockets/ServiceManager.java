package io.offramp.proxy.sockets;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says to systemd, or to another manager that has started the process, what it does (sd_notify(3)). Without a manager
 * it says nothing. Thread-safe.
 */
public final class ServiceManager {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceManager.class);

    private static final int MAX_TRIES = 100;
    private static final long BETWEEN_TRIES_NS = TimeUnit.MILLISECONDS.toNanos(10);

    private final @Nullable String socket;

    /** @param socket as in NOTIFY_SOCKET: a path, or an abstract name behind {@code @}; null for no manager */
    public ServiceManager(@Nullable String socket) {
        this.socket = socket == null || socket.isEmpty() ? null : socket;
    }

    /** It serves; also behind a reload, whatever came of it. */
    public void ready(String status) {
        send("READY=1\nSTATUS=" + status);
    }

    /** The same of another process, which is the service from now on. */
    public void ready(long pid, String status) {
        send("MAINPID=" + pid + "\nREADY=1\nSTATUS=" + status);
    }

    /** A reload begins, and ends with {@link #ready}. */
    public void reloading() {
        // Linux' System.nanoTime is CLOCK_MONOTONIC; without it, systemd waits for the time-out of the reload.
        send("RELOADING=1\nMONOTONIC_USEC=" + TimeUnit.NANOSECONDS.toMicros(System.nanoTime()));
    }

    /** It lives: to be said again and again, within {@link #watchdog}. */
    public void alive() {
        send("WATCHDOG=1");
    }

    /**
     * How often the manager wants to hear that the process lives (sd_watchdog_enabled(3)); null if it does not watch.
     *
     * @param pid of this process
     */
    public static @Nullable Duration watchdog(Map<String, String> environment, long pid) {
        String micros = environment.getOrDefault("WATCHDOG_USEC", "");
        String meant = environment.getOrDefault("WATCHDOG_PID", "" + pid);
        if (!meant.equals("" + pid) || micros.isEmpty() || micros.equals("0")) {
            return null;
        }
        if (!micros.matches("[1-9]\\d{0,15}")) {
            LOG.warn("no watchdog: WATCHDOG_USEC must be a number of microseconds, is \"{}\"", micros);
            return null;
        }
        return Duration.of(Long.parseLong(micros), ChronoUnit.MICROS);
    }

    /** It stops. */
    public void stopping(String status) {
        send("STOPPING=1\nSTATUS=" + status);
    }

    private void send(String state) {
        if (socket == null) {
            return;
        }
        if (!Epoll.isAvailable()) {
            LOG.warn("cannot notify {}: Unix datagrams need Netty's epoll", socket);
            return;
        }
        byte[] bytes = state.getBytes(StandardCharsets.UTF_8);
        ByteBuffer datagram = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
        String path = socket.startsWith("@") ? "\0" + socket.substring(1) : socket;
        try {
            Socket sender = Socket.newSocketDomainDgram();
            try {
                sender.connect(new DomainSocketAddress(path));
                write(sender, datagram);
            } finally {
                sender.close();
            }
        } catch (IOException e) {
            // that of a missing socket has no message
            String reason = e instanceof FileNotFoundException ? "no such socket" : e.getMessage();
            LOG.warn("cannot notify {}: {}", socket, reason);
        }
    }

    /** The queue of a busy manager may be full: sd_notify(3) waits for it, and so does this, for a second. */
    private static void write(Socket sender, ByteBuffer datagram) throws IOException {
        for (int tries = 0; tries < MAX_TRIES; tries++) {
            if (sender.write(datagram, 0, datagram.limit()) > 0) {
                return;
            }
            LockSupport.parkNanos(BETWEEN_TRIES_NS);
        }
        throw new IOException("it takes nothing");
    }
}
