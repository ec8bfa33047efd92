package io.offramp.proxy.access;

import io.offramp.proxy.net.HostPort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import org.jspecify.annotations.Nullable;

/** Datagrams by UDP, to a name that is resolved at each connect. */
final class UdpDatagrams implements Datagrams {
    private final HostPort receiver;
    private @Nullable DatagramChannel channel;

    UdpDatagrams(HostPort receiver) {
        this.receiver = receiver;
    }

    @Override
    public boolean send(ByteBuffer datagram) throws IOException {
        if (channel == null) {
            channel = connect();
        }
        try {
            return channel.write(datagram) > 0;
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
