package io.offramp.proxy.access;

import io.offramp.proxy.net.HostPort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Datagrams by UDP, to a name that is resolved at each connect. A machine where nobody receives reports that by ICMP,
 * behind the datagram that is lost; the next call fails with it, and sends nothing. From then on one datagram goes
 * alone, until no report about it has come, so that each report stands for one loss.
 */
final class UdpDatagrams implements Datagrams {
    /** Time for a report. Linux sends one to a receiver's peer each second. */
    private static final long REPORT_NS = TimeUnit.MILLISECONDS.toNanos(1100);

    private final HostPort receiver;
    private final LogCounters counters;
    private @Nullable DatagramChannel channel;
    private boolean alone;
    private long untilNs = System.nanoTime();

    UdpDatagrams(HostPort receiver, LogCounters counters) {
        this.receiver = receiver;
        this.counters = counters;
    }

    @Override
    public boolean send(ByteBuffer datagram) throws IOException {
        if (channel == null) {
            channel = connect();
        }
        if (untilNs - System.nanoTime() > 0) {
            return false;
        }
        try {
            boolean sent = channel.write(datagram) > 0;
            if (sent && alone) {
                alone = false;
                untilNs = System.nanoTime() + REPORT_NS;
            }
            return sent;
        } catch (PortUnreachableException e) {
            close();
            alone = true;
            counters.onLost(1);
            throw new PortUnreachableException("nobody receives there; the line before these is lost");
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    private DatagramChannel connect() throws IOException {
        InetSocketAddress address = receiver.resolve();
        if (address.isUnresolved()) {
            throw new UnknownHostException(receiver.host() + " is unknown");
        }
        DatagramChannel opened = DatagramChannel.open();
        try {
            opened.configureBlocking(false);
            return opened.connect(address);
        } catch (IOException e) {
            opened.close();
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        DatagramChannel open = channel;
        channel = null;
        if (open != null) {
            open.close();
        }
    }
}
