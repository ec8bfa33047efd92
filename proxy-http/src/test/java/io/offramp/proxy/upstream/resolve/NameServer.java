package io.offramp.proxy.upstream.resolve;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A DNS server on loopback that has IPv4 addresses for one name. */
final class NameServer implements AutoCloseable {
    private static final int HEADER_BYTES = 12;
    private static final int TYPE_A = 1;

    private final DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    private final Thread thread = Thread.ofVirtual().unstarted(this::serve);
    final AtomicInteger questions = new AtomicInteger();
    volatile List<String> addresses = List.of();
    volatile int ttl = 1;
    /** RFC 1035 §4.1.1: 0 for an answer, 2 for a failure of the server, 3 for a name that is not there. */
    volatile int code;

    NameServer() throws IOException {
        thread.start();
    }

    InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), socket.getLocalPort());
    }

    private void serve() {
        byte[] in = new byte[512];
        while (!socket.isClosed()) {
            try {
                DatagramPacket packet = new DatagramPacket(in, in.length);
                socket.receive(packet);
                byte[] answer = answer(in);
                socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    /** The question again, and an address record for each address. */
    private byte[] answer(byte[] in) throws IOException {
        ByteBuffer question = ByteBuffer.wrap(in);
        int end = HEADER_BYTES;
        while (question.get(end) != 0) {
            end += question.get(end) + 1;
        }
        int type = question.getShort(end + 1);
        boolean has = type == TYPE_A && code == 0;
        questions.addAndGet(type == TYPE_A ? 1 : 0);
        ByteBuffer head = ByteBuffer.allocate(HEADER_BYTES)
                .putShort(question.getShort(0))
                .putShort((short) (0x8180 | code))
                .putShort((short) 1)
                .putShort((short) (has ? addresses.size() : 0))
                .putInt(0);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(head.array());
        out.write(in, HEADER_BYTES, end + 5 - HEADER_BYTES);
        if (has) {
            for (String each : addresses) {
                ByteBuffer record = ByteBuffer.allocate(16)
                        .putShort((short) 0xC00C) // the name of the question
                        .putShort((short) TYPE_A)
                        .putShort((short) 1)
                        .putInt(ttl)
                        .putShort((short) 4)
                        .put(InetAddress.ofLiteral(each).getAddress());
                out.write(record.array());
            }
        }
        return out.toByteArray();
    }

    @Override
    public void close() {
        socket.close();
    }
}
