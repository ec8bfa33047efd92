package io.offramp.app.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stands between a client and the proxy and cuts both TCP streams at random places, down to single bytes. Can flip one
 * bit of the client's stream. Blocking, one virtual thread per direction.
 */
final class FragmentingRelay implements AutoCloseable {
    private static final int LARGEST_BYTES = 40_000;

    /** Both sockets of one connection; closed when both directions have ended, or one has failed. */
    private record Pair(Socket client, Socket server, AtomicInteger open) {
        void onEnd() {
            if (open.decrementAndGet() == 0) {
                close();
            }
        }

        void close() {
            try (client;
                    server) {
                open.set(0);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private final ServerSocket listening;
    private final InetSocketAddress target;
    private final long seed;
    private final long flippedBit;
    private final AtomicInteger accepted = new AtomicInteger();

    /** Cuts only. */
    static FragmentingRelay to(InetSocketAddress target, long seed) {
        return new FragmentingRelay(target, seed, -1);
    }

    /** @param flippedBit bit of the client's stream to flip, counted from 0; -1 for none */
    FragmentingRelay(InetSocketAddress target, long seed, long flippedBit) {
        this.target = target;
        this.seed = seed;
        this.flippedBit = flippedBit;
        try {
            listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), listening.getLocalPort());
    }

    @Override
    public void close() throws IOException {
        listening.close();
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket client = listening.accept();
                Socket server = new Socket(target.getAddress(), target.getPort());
                client.setTcpNoDelay(true);
                server.setTcpNoDelay(true);
                int number = accepted.incrementAndGet();
                Pair pair = new Pair(client, server, new AtomicInteger(2));
                Random up = new Random(seed + 2L * number);
                Random down = new Random(seed + 2L * number + 1);
                Thread.ofVirtual().start(() -> pump(pair, client, server, up, flippedBit));
                Thread.ofVirtual().start(() -> pump(pair, server, client, down, -1));
            } catch (IOException e) {
                return;
            }
        }
    }

    private static void pump(Pair pair, Socket from, Socket to, Random random, long flippedBit) {
        byte[] buffer = new byte[LARGEST_BYTES];
        long position = 0;
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int n; (n = in.read(buffer, 0, fragment(random))) > 0; position += n) {
                long at = (flippedBit >> 3) - position;
                if (flippedBit >= 0 && at >= 0 && at < n) {
                    buffer[(int) at] ^= (byte) (1 << (flippedBit & 7));
                }
                out.write(buffer, 0, n);
            }
            to.shutdownOutput();
            pair.onEnd();
        } catch (IOException e) {
            pair.close();
        }
    }

    /** Mostly large, now and then a few bytes. */
    private static int fragment(Random random) {
        return switch (random.nextInt(8)) {
            case 0 -> 1 + random.nextInt(8);
            case 1 -> 1 + random.nextInt(1000);
            default -> 1 + random.nextInt(LARGEST_BYTES);
        };
    }
}
