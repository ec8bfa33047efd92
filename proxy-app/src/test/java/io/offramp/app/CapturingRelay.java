package io.offramp.app;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Relays one connection and writes its bytes as a capture of IPv4 packets (pcap, LINKTYPE_RAW), like tcpdump without
 * its privileges.
 */
final class CapturingRelay implements AutoCloseable {
    private static final int MAX_SEGMENT = 1400;

    private final ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    private final OutputStream capture;
    private final AtomicInteger open = new AtomicInteger(2);
    private final int[] sequences = {1000, 2000};

    CapturingRelay(InetSocketAddress to, Path file) throws IOException {
        capture = Files.newOutputStream(file);
        ByteBuffer header = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
        header.putInt(0xa1b2c3d4)
                .putShort((short) 2)
                .putShort((short) 4)
                .putInt(0)
                .putInt(0)
                .putInt(1 << 16)
                .putInt(101);
        capture.write(header.array());
        Thread.ofVirtual().start(() -> relay(to));
    }

    int port() {
        return listener.getLocalPort();
    }

    /** True once both ends have closed and everything is in the file. */
    boolean isIdle() {
        return open.get() == 0;
    }

    private void relay(InetSocketAddress to) {
        try {
            Socket client = listener.accept();
            Socket server = new Socket(to.getAddress(), to.getPort());
            Thread.ofVirtual().start(() -> copy(client, server, 0));
            copy(server, client, 1);
        } catch (IOException e) {
            open.set(0);
        }
    }

    /** @param from 0 for the client's direction, 1 for the server's */
    private void copy(Socket in, Socket out, int from) {
        byte[] buffer = new byte[MAX_SEGMENT];
        try {
            InputStream input = in.getInputStream();
            for (int n; (n = input.read(buffer)) >= 0; ) {
                write(from, buffer, n);
                out.getOutputStream().write(buffer, 0, n);
            }
            out.shutdownOutput();
        } catch (IOException e) {
            // the other end has gone; the capture so far is kept
        } finally {
            open.decrementAndGet();
        }
    }

    private synchronized void write(int from, byte[] bytes, int length) throws IOException {
        int packet = 40 + length;
        ByteBuffer record = ByteBuffer.allocate(16 + packet).order(ByteOrder.LITTLE_ENDIAN);
        record.putInt((int) (System.currentTimeMillis() / 1000))
                .putInt(0)
                .putInt(packet)
                .putInt(packet);
        record.order(ByteOrder.BIG_ENDIAN);
        record.put((byte) 0x45)
                .put((byte) 0)
                .putShort((short) packet)
                .putInt(0)
                .put((byte) 64)
                .put((byte) 6)
                .putShort((short) 0);
        record.putInt(0x7f000001).putInt(0x7f000001);
        int clientPort = 50_000;
        record.putShort((short) (from == 0 ? clientPort : port())).putShort((short) (from == 0 ? port() : clientPort));
        record.putInt(sequences[from])
                .putInt(sequences[1 - from])
                .put((byte) 0x50)
                .put((byte) 0x18);
        record.putShort((short) 0xffff).putInt(0).put(bytes, 0, length);
        sequences[from] += length;
        capture.write(record.array());
        capture.flush();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        capture.close();
    }
}
