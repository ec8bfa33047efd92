package io.offramp.proxy.upstream.resolve;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A DNS server on loopback that has IPv4 addresses for each name, and servers for each service. */
final class NameServer implements AutoCloseable {
    private static final int HEADER_BYTES = 12;
    private static final int TYPE_A = 1;
    private static final int TYPE_SRV = 33;

    private final DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    private final Thread thread = Thread.ofVirtual().unstarted(this::serve);
    final AtomicInteger questions = new AtomicInteger();
    volatile List<String> addresses = List.of();
    /** Of a service: priority, weight, port, and name with its last dot. */
    volatile List<Srv> servers = List.of();

    volatile int ttl = 1;
    /** RFC 1035 §4.1.1: 0 for an answer, 2 for a failure of the server, 3 for a name that is not there. */
    volatile int code;

    record Srv(int priority, int weight, int port, String name) {}

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
        List<byte[]> data = code == 0 ? data(type) : List.of();
        questions.addAndGet(type == TYPE_A || type == TYPE_SRV ? 1 : 0);
        ByteBuffer head = ByteBuffer.allocate(HEADER_BYTES)
                .putShort(question.getShort(0))
                .putShort((short) (0x8180 | code))
                .putShort((short) 1)
                .putShort((short) data.size())
                .putInt(0);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(head.array());
        out.write(in, HEADER_BYTES, end + 5 - HEADER_BYTES);
        for (byte[] each : data) {
            ByteBuffer record = ByteBuffer.allocate(12 + each.length)
                    .putShort((short) 0xC00C) // the name of the question
                    .putShort((short) type)
                    .putShort((short) 1)
                    .putInt(ttl)
                    .putShort((short) each.length)
                    .put(each);
            out.write(record.array());
        }
        return out.toByteArray();
    }

    /** The data of all records of this type. */
    private List<byte[]> data(int type) {
        return switch (type) {
            case TYPE_A ->
                addresses.stream()
                        .map(each -> InetAddress.ofLiteral(each).getAddress())
                        .toList();
            case TYPE_SRV -> servers.stream().map(NameServer::data).toList();
            default -> List.of();
        };
    }

    /** RFC 2782. */
    private static byte[] data(Srv server) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(ByteBuffer.allocate(6)
                .putShort((short) server.priority)
                .putShort((short) server.weight)
                .putShort((short) server.port)
                .array());
        for (String label : server.name.split("\\.")) {
            out.write(label.length());
            out.writeBytes(label.getBytes(StandardCharsets.US_ASCII));
        }
        out.write(0);
        return out.toByteArray();
    }

    @Override
    public void close() {
        socket.close();
    }
}
