package io.offramp.proxy.warmup;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LoadServerTest {
    private final EmbeddedChannel channel = new EmbeddedChannel(new LoadServer.Answers());

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    @Test
    void shouldAnswerAGetWithSoManyBytesWhereverReadsCutIt() {
        for (byte each : ascii("GET /bytes/300 HTTP/1.1\r\nHost: x\r\n\r\n")) {
            assertThat(channel.outboundMessages()).isEmpty();
            receive(new byte[] {each});
        }
        assertThat(written()).isEqualTo("HTTP/1.1 200 OK\r\nContent-Length: 300\r\n\r\n" + "\0".repeat(300));
    }

    @Test
    void shouldAnswerABodyWhenItsLastByteHasCome() {
        // When
        receive(ascii("PUT /sha256 HTTP/1.1\r\ncontent-length: 5\r\n\r\n1234"));

        // Then
        assertThat(channel.outboundMessages()).isEmpty();

        // When
        receive(ascii("5GET /bytes/0 HTTP/1.1\r\n\r\n"));

        // Then
        String empty = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
        assertThat(written()).isEqualTo(empty + empty);
    }

    @Test
    void shouldCloseWhenAHeadHasNoEnd() {
        receive(new byte[10_000]);

        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void shouldNotReadAPeerThatTakesNoAnswers() {
        // When
        channel.pipeline().fireChannelRead(Unpooled.wrappedBuffer(ascii("GET /bytes/1000000 HTTP/1.1\r\n\r\n")));

        // Then
        assertThat(channel.config().isAutoRead()).isFalse();

        // When
        channel.pipeline().fireChannelReadComplete();

        // Then
        assertThat(channel.config().isAutoRead()).isTrue();
    }

    private void receive(byte[] bytes) {
        channel.writeInbound(Unpooled.wrappedBuffer(bytes));
    }

    private String written() {
        StringBuilder text = new StringBuilder();
        for (ByteBuf each = channel.readOutbound(); each != null; each = channel.readOutbound()) {
            text.append(each.toString(StandardCharsets.US_ASCII));
            each.release();
        }
        return text.toString();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
