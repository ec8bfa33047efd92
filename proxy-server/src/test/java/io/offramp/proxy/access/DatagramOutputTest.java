package io.offramp.proxy.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DatagramOutputTest {
    private final Receiver receiver = new Receiver();
    private final DatagramOutput output = new DatagramOutput(receiver);

    /** Takes some datagrams, or is not there. */
    private static final class Receiver implements Datagrams {
        private final List<String> taken = new ArrayList<>();
        private int room = Integer.MAX_VALUE;
        private boolean gone;

        @Override
        public boolean send(ByteBuffer datagram) throws IOException {
            if (gone) {
                throw new ConnectException("Connection refused");
            }
            if (room == 0) {
                return false;
            }
            room--;
            taken.add(StandardCharsets.US_ASCII.decode(datagram).toString());
            return true;
        }

        @Override
        public void close() {}
    }

    @Test
    void shouldSendEachLineWithoutItsEnd() throws IOException {
        ByteBuffer lines = lines("a\nbb\n\n0123456789\n");

        output.write(lines);

        assertThat(receiver.taken).containsExactly("a", "bb", "", "0123456789");
        assertThat(lines.hasRemaining()).isFalse();
    }

    @Test
    void shouldContinueWithTheLineThatFoundNoRoom() throws IOException {
        ByteBuffer lines = lines("a\nb\nc\n");
        receiver.room = 2;

        output.write(lines);
        assertThat(lines.position()).isEqualTo(4);
        receiver.room = 5;
        output.write(lines);

        assertThat(receiver.taken).containsExactly("a", "b", "c");
    }

    @Test
    void shouldKeepTheLineWhoseReceiverIsMissing() throws IOException {
        ByteBuffer lines = lines("a\nb\n");
        receiver.gone = true;

        assertThatThrownBy(() -> output.write(lines)).isInstanceOf(ConnectException.class);
        receiver.gone = false;
        output.write(lines);

        assertThat(receiver.taken).containsExactly("a", "b");
    }

    private static ByteBuffer lines(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }
}
