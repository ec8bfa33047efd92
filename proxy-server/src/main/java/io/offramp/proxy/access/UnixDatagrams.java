package io.offramp.proxy.access;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Datagrams by a Unix socket, which the JDK has not: by Netty's native transport. */
final class UnixDatagrams implements Datagrams {
    private final Path receiver;
    private @Nullable Socket socket;

    /** @throws IOException if this machine has no native transport */
    UnixDatagrams(Path receiver) throws IOException {
        if (!Epoll.isAvailable()) {
            throw new IOException("Unix datagrams need Netty's epoll, which is not available here");
        }
        this.receiver = receiver;
    }

    @Override
    public boolean send(ByteBuffer datagram) throws IOException {
        if (socket == null) {
            socket = connect();
        }
        try {
            return socket.write(datagram, 0, datagram.limit()) > 0;
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    private Socket connect() throws IOException {
        Socket opened = Socket.newSocketDomainDgram();
        try {
            opened.connect(new DomainSocketAddress(receiver.toString()));
            return opened;
        } catch (IOException e) {
            opened.close();
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        Socket open = socket;
        socket = null;
        if (open != null) {
            open.close();
        }
    }
}
