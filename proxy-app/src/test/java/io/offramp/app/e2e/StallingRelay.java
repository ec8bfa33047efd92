package io.offramp.app.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;

/**
 * A TCP relay for one connection. After a given number of bytes it holds back what the client sends, until it is
 * released. It can forge what the server answers.
 */
final class StallingRelay implements AutoCloseable {
    private final ServerSocket listener;
    private final InetSocketAddress target;
    private final CountDownLatch stalled = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);
    private volatile int left = Integer.MAX_VALUE;
    private volatile boolean forges;

    private StallingRelay(InetSocketAddress target) throws IOException {
        this.target = target;
        this.listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    }

    static StallingRelay to(InetSocketAddress target) throws IOException {
        StallingRelay relay = new StallingRelay(target);
        Thread.ofVirtual().start(relay::run);
        return relay;
    }

    InetSocketAddress address() {
        return (InetSocketAddress) listener.getLocalSocketAddress();
    }

    /** Stops after this many further bytes. */
    void stallIn(int bytes) {
        left = bytes;
    }

    /** Turns a bit over at the end of the next bytes from the server: in a tag. */
    void forgeAnswer() {
        forges = true;
    }

    boolean isStalled() {
        return stalled.getCount() == 0;
    }

    void goOn() {
        goOn.countDown();
    }

    private void run() {
        try (Socket client = listener.accept();
                Socket server = new Socket(target.getAddress(), target.getPort())) {
            server.setTcpNoDelay(true);
            Thread back = Thread.ofVirtual().start(() -> copyBack(server, client));
            copy(client.getInputStream(), server.getOutputStream());
            server.shutdownOutput();
            back.join();
        } catch (IOException | InterruptedException e) {
            // The test closes its ends as it likes.
        }
    }

    private void copy(InputStream in, OutputStream out) throws IOException, InterruptedException {
        byte[] buffer = new byte[1 << 16];
        for (int bytes; (bytes = in.read(buffer)) >= 0; ) {
            int before = Math.min(bytes, left);
            out.write(buffer, 0, before);
            if (before < bytes) {
                left = Integer.MAX_VALUE;
                stalled.countDown();
                goOn.await();
                out.write(buffer, before, bytes - before);
            }
        }
    }

    private void copyBack(Socket from, Socket to) {
        try {
            byte[] buffer = new byte[1 << 16];
            for (int bytes; (bytes = from.getInputStream().read(buffer)) >= 0; ) {
                if (forges) {
                    forges = false;
                    buffer[bytes - 1] ^= 1;
                }
                to.getOutputStream().write(buffer, 0, bytes);
            }
            to.shutdownOutput();
        } catch (IOException e) {
            // The test closes its ends as it likes.
        }
    }

    @Override
    public void close() throws IOException {
        goOn.countDown();
        listener.close();
    }
}
