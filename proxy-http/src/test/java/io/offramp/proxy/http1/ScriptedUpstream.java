package io.offramp.proxy.http1;

import io.offramp.proxy.net.HostPort;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** An upstream that does to each connection what a test says, on raw sockets. */
final class ScriptedUpstream implements AutoCloseable {
    private final ServerSocket server;
    private final Script script;
    private final CopyOnWriteArrayList<Socket> sockets = new CopyOnWriteArrayList<>();
    private final Queue<String> heads = new ConcurrentLinkedQueue<>();
    private final AtomicInteger accepted = new AtomicInteger();

    /** What happens on one connection. */
    interface Script {
        void run(Peer peer) throws IOException;
    }

    /** One accepted connection. */
    final class Peer {
        final Socket socket;
        final InputStream in;
        final OutputStream out;
        /** Counted from 1. */
        final int number;

        Peer(Socket socket, int number) throws IOException {
            this.socket = socket;
            this.number = number;
            in = new BufferedInputStream(socket.getInputStream());
            out = socket.getOutputStream();
        }

        /** The next head, or null at the end of the stream. */
        @Nullable
        String readHead() throws IOException {
            String head = Wire.readHead(in);
            if (head != null) {
                heads.add(head);
            }
            return head;
        }

        void send(String text) throws IOException {
            out.write(text.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
        }

        void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }
    }

    ScriptedUpstream(Script script) {
        this(script, InetAddress.getLoopbackAddress());
    }

    private ScriptedUpstream(Script script, InetAddress address) {
        this.script = script;
        try {
            server = new ServerSocket(0, 50, address);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    /** Answers every request with the same text, whatever it is, until the client closes. */
    static ScriptedUpstream answering(String answer) {
        return answering(answer, InetAddress.getLoopbackAddress());
    }

    /** The same at another local address. */
    static ScriptedUpstream answering(String answer, InetAddress address) {
        return new ScriptedUpstream(
                peer -> {
                    while (peer.readHead() != null) {
                        peer.send(answer);
                    }
                },
                address);
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                sockets.add(socket);
                int number = accepted.incrementAndGet();
                Thread.ofPlatform().daemon().start(() -> serve(socket, number));
            }
        } catch (IOException e) {
            // Closed: the test is over.
        }
    }

    private void serve(Socket socket, int number) {
        try (socket) {
            script.run(new Peer(socket, number));
        } catch (IOException e) {
            // The proxy closed; the test sees that at its own end.
        }
    }

    HostPort address() {
        return new HostPort("127.0.0.1", server.getLocalPort());
    }

    /** Heads of all requests so far. */
    Queue<String> heads() {
        return heads;
    }

    /** Connections so far. */
    int accepted() {
        return accepted.get();
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
