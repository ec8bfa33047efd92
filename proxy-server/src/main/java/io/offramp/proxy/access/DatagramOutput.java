package io.offramp.proxy.access;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Sends each line as a datagram, without its end. Always a whole one: its values are bounded already, and what is cut
 * behind that would be no JSON any more, by a client's choice.
 */
final class DatagramOutput implements LogOutput {
    private final Datagrams socket;
    private final ByteBuffer datagram = ByteBuffer.allocateDirect(LineBytes.MOST_BYTES);

    DatagramOutput(Datagrams socket) {
        this.socket = socket;
    }

    @Override
    public void write(ByteBuffer lines) throws IOException {
        while (lines.hasRemaining()) {
            int from = lines.position();
            int end = from;
            while (lines.get(end) != '\n') {
                end++;
            }
            datagram.clear();
            datagram.put(0, lines, from, end - from);
            datagram.limit(end - from);
            if (!socket.send(datagram)) {
                return;
            }
            lines.position(end + 1);
        }
    }

    @Override
    public void reopen() throws IOException {
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
