package io.offramp.app.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.concurrent.DelayQueue;
import java.util.concurrent.Delayed;
import java.util.concurrent.TimeUnit;

/** A TCP relay that passes each byte on after the same time, each way: distance, without a limit of its own. */
final class DelayingRelay implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 16;

    private final ServerSocket listener;
    private final InetSocketAddress target;
    private final long delayNs;

    /** Bytes under way; none for the end of the stream. */
    private record Piece(byte[] bytes, long dueNs) implements Delayed {
        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(dueNs - System.nanoTime(), TimeUnit.NANOSECONDS);
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.signum(dueNs - ((Piece) other).dueNs);
        }
    }

    private DelayingRelay(InetSocketAddress target, long delayNs) throws IOException {
        this.target = target;
        this.delayNs = delayNs;
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    /** Accepts connections from now on. */
    static DelayingRelay to(InetSocketAddress target, long delayMs) throws IOException {
        DelayingRelay relay = new DelayingRelay(target, TimeUnit.MILLISECONDS.toNanos(delayMs));
        Thread.ofVirtual().start(relay::accept);
        return relay;
    }

    int port() {
        return listener.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listener.accept();
                Socket server = new Socket(target.getAddress(), target.getPort());
                client.setTcpNoDelay(true);
                server.setTcpNoDelay(true);
                relay(client, server);
                relay(server, client);
            }
        } catch (IOException e) {
            // The test is over.
        }
    }

    private void relay(Socket from, Socket to) {
        DelayQueue<Piece> pieces = new DelayQueue<>();
        Thread.ofVirtual().start(() -> take(from, pieces));
        Thread.ofVirtual().start(() -> pass(pieces, to));
    }

    private void take(Socket from, DelayQueue<Piece> pieces) {
        long lastNs = System.nanoTime();
        try {
            InputStream in = from.getInputStream();
            byte[] buffer = new byte[BUFFER_BYTES];
            for (int bytes; (bytes = in.read(buffer)) >= 0; ) {
                lastNs = Math.max(lastNs + 1, System.nanoTime() + delayNs); // in order
                pieces.add(new Piece(Arrays.copyOf(buffer, bytes), lastNs));
            }
        } catch (IOException e) {
            // Closed by the other end.
        }
        pieces.add(new Piece(new byte[0], lastNs + delayNs));
    }

    private static void pass(DelayQueue<Piece> pieces, Socket to) {
        try (to) {
            OutputStream out = to.getOutputStream();
            for (byte[] next = pieces.take().bytes();
                    next.length > 0;
                    next = pieces.take().bytes()) {
                out.write(next);
            }
        } catch (IOException | InterruptedException e) {
            // Closed by the other end.
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
