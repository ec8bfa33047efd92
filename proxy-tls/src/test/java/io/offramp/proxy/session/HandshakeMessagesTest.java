package io.offramp.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.offramp.offload.error.RecordFormatException;
import io.offramp.offload.record.AlertDescription;
import io.offramp.offload.record.ProtocolVersion;
import io.offramp.proxy.tls.Role;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HandshakeMessagesTest {
    private final List<String> told = new ArrayList<>();
    private final HandshakeMessages.Listener listener = new HandshakeMessages.Listener() {
        @Override
        public void onKeyUpdate(boolean answerRequested) {
            told.add("KeyUpdate " + answerRequested);
        }

        @Override
        public void onRenegotiation() {
            told.add("renegotiation");
        }

        @Override
        public void onTicket(byte[] body) {
            told.add("ticket " + HexFormat.of().formatHex(body));
        }
    };
    private final HandshakeMessages tls13 = new HandshakeMessages(Role.SERVER, ProtocolVersion.TLS_1_3, listener);
    private final HandshakeMessages tls12 = new HandshakeMessages(Role.SERVER, ProtocolVersion.TLS_1_2, listener);

    @Test
    void shouldTellKeyUpdatesApart() {
        tls13.receive(hex("1800000100"));
        tls13.receive(hex("1800000101"));

        assertThat(told).containsExactly("KeyUpdate false", "KeyUpdate true");
        assertThat(tls13.inMessage()).isFalse();
    }

    @Test
    void shouldReassembleAKeyUpdateCutAnywhere() {
        byte[] message = HexFormat.of().parseHex("1800000101");
        for (int cut = 1; cut < message.length; cut++) {
            told.clear();

            tls13.receive(Unpooled.wrappedBuffer(message, 0, cut));
            boolean inMessage = tls13.inMessage();
            tls13.receive(Unpooled.wrappedBuffer(message, cut, message.length - cut));

            assertThat(inMessage).isTrue();
            assertThat(told).containsExactly("KeyUpdate true");
        }
    }

    @Test
    void shouldSkipAClientHelloAndTellOfTheRenegotiation() {
        ByteBuf hello = Unpooled.buffer().writeInt(1 << 24 | 300).writeZero(300);

        tls12.receive(hello.readSlice(7));
        tls12.receive(hello);

        assertThat(told).containsExactly("renegotiation");
        assertThat(tls12.inMessage()).isFalse();
    }

    @Test
    void shouldReassembleATicketOfAServerCutAnywhere() {
        byte[] message = HexFormat.of().parseHex("04000003010203");
        for (int cut = 1; cut < message.length; cut++) {
            told.clear();
            HandshakeMessages ofServer = new HandshakeMessages(Role.CLIENT, ProtocolVersion.TLS_1_3, listener);

            ofServer.receive(Unpooled.wrappedBuffer(message, 0, cut));
            ofServer.receive(Unpooled.wrappedBuffer(message, cut, message.length - cut));

            assertThat(told).containsExactly("ticket 010203");
            assertThat(ofServer.inMessage()).isFalse();
        }
    }

    @Test
    void shouldSkipATicketThatIsNotWorthItsMemory() {
        HandshakeMessages ofServer = new HandshakeMessages(Role.CLIENT, ProtocolVersion.TLS_1_3, listener);
        int bytes = 20_000;

        ofServer.receive(Unpooled.buffer().writeInt(4 << 24 | bytes).writeZero(bytes));
        ofServer.receive(hex("1800000101"));

        assertThat(told).containsExactly("KeyUpdate true");
    }

    @Test
    void shouldTakeAHelloRequestOfAServerForARenegotiation() {
        HandshakeMessages ofServer = new HandshakeMessages(Role.CLIENT, ProtocolVersion.TLS_1_2, listener);

        ofServer.receive(hex("00000000"));

        assertThat(told).containsExactly("renegotiation");
        assertThat(ofServer.inMessage()).isFalse();
        assertThatThrownBy(() -> ofServer.receive(hex("01000001"))).isInstanceOf(RecordFormatException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "TLS_1_3, 01000001, UNEXPECTED_MESSAGE", // ClientHello
        "TLS_1_3, 0b, UNEXPECTED_MESSAGE", // Certificate, refused at its first byte
        "TLS_1_3, 04000001, UNEXPECTED_MESSAGE", // NewSessionTicket
        "TLS_1_3, 1800000102, ILLEGAL_PARAMETER",
        "TLS_1_3, 18000000, DECODE_ERROR",
        "TLS_1_3, 18000002, DECODE_ERROR",
        "TLS_1_3, 180000010018, UNEXPECTED_MESSAGE", // something behind it
        "TLS_1_2, 18000001, UNEXPECTED_MESSAGE",
        "TLS_1_2, 14, UNEXPECTED_MESSAGE", // Finished
        "TLS_1_2, 01000000, DECODE_ERROR",
        "TLS_1_2, 01ffffff, DECODE_ERROR"
    })
    void shouldRefuseWhatDoesNotBelong(ProtocolVersion version, String content, AlertDescription alert) {
        HandshakeMessages messages = version == ProtocolVersion.TLS_1_3 ? tls13 : tls12;

        assertThatThrownBy(() -> messages.receive(hex(content)))
                .isInstanceOfSatisfying(
                        RecordFormatException.class, e -> assertThat(e.alert()).contains(alert));
        assertThat(told).isEmpty();
    }

    private static ByteBuf hex(String digits) {
        return Unpooled.wrappedBuffer(HexFormat.of().parseHex(digits));
    }
}
