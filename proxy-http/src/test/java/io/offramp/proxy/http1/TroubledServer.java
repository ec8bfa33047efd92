package io.offramp.proxy.http1;

import io.offramp.proxy.net.HostPort;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A server of HTTP/1.1 with a trouble of its own. Counts how often it acted on each request. */
final class TroubledServer implements AutoCloseable {
    static final int BODY_BYTES = 2048;

    private final Trouble trouble;
    private final SplittableRandom random;
    private final Acts acts;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger requests = new AtomicInteger();
    private final InetSocketAddress address;
    private volatile @Nullable ServerSocket listening;

    /** Counts acts; called on any thread. */
    interface Acts {
        /** A server acts on this request. */
        void onAct(String id);
    }

    /** What is wrong with a server. */
    enum Trouble {
        NONE,
        /** Takes its time. */
        SLOW,
        /** Resets one in ten connections in the middle of an answer's body, and for a time one in fifty before it. */
        RESETS,
        /** Closes all its connections after 50 requests each time, and refuses others for a while. */
        FLAPS,
        /** The same, once and for ever. */
        DIES
    }

    TroubledServer(Trouble trouble, long seed, Acts acts) throws IOException {
        this.trouble = trouble;
        this.acts = acts;
        random = new SplittableRandom(seed);
        ServerSocket first = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        address = (InetSocketAddress) first.getLocalSocketAddress();
        listen(first);
    }

    HostPort address() {
        return new HostPort("127.0.0.1", address.getPort());
    }

    int requests() {
        return requests.get();
    }

    private void listen(ServerSocket socket) {
        listening = socket;
        Thread.ofVirtual().start(() -> {
            try {
                while (true) {
                    Socket next = socket.accept();
                    open.add(next);
                    Thread.ofVirtual().start(() -> serve(next));
                }
            } catch (IOException e) {
                return; // closed
            }
        });
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            InputStream in = socket.getInputStream();
            for (String head = Wire.readHead(in); head != null; head = Wire.readHead(in)) {
                answer(socket, head.substring(head.indexOf(' ') + 2, head.indexOf(" HTTP")));
            }
        } catch (IOException e) {
            return; // as it should be
        } finally {
            open.remove(socket);
        }
    }

    private void answer(Socket socket, String id) throws IOException {
        acts.onAct(id);
        int nth = requests.incrementAndGet();
        String head = "HTTP/1.1 200 OK\r\nContent-Length: " + BODY_BYTES + "\r\n\r\n";
        byte[] answer = (head + body(id)).getBytes(StandardCharsets.US_ASCII);
        switch (trouble) {
            case NONE -> {}
            case SLOW -> LockSupport.parkNanos(3_000_000);
            case RESETS -> {
                if (nth % 50 == 0 && nth <= 1_000) {
                    reset(socket);
                } else if (chance(10)) {
                    socket.getOutputStream().write(answer, 0, answer.length / 2);
                    reset(socket);
                }
            }
            case FLAPS, DIES -> {
                if (nth % 50 == 0) {
                    stop();
                    if (trouble == Trouble.FLAPS) {
                        Thread.ofVirtual().start(this::comeBack);
                    }
                }
            }
        }
        socket.getOutputStream().write(answer);
    }

    private static void reset(Socket socket) throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    private synchronized boolean chance(int oneIn) {
        return random.nextInt(oneIn) == 0;
    }

    /** What stands in the body of an answer to this request. */
    static String body(String id) {
        return (id + ";").repeat(BODY_BYTES / id.length()).substring(0, BODY_BYTES);
    }

    private synchronized void comeBack() {
        LockSupport.parkNanos(200_000_000);
        try {
            ServerSocket again = new ServerSocket();
            again.setReuseAddress(true);
            again.bind(address, 100);
            listen(again);
        } catch (IOException e) {
            return; // another has the port now
        }
    }

    private void stop() throws IOException {
        ServerSocket socket = listening;
        if (socket != null) {
            socket.close();
        }
        for (Socket each : open) {
            each.close();
        }
    }

    @Override
    public void close() throws IOException {
        stop();
    }
}
