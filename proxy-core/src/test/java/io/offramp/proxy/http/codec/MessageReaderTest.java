package io.offramp.proxy.http.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.offramp.proxy.http.codec.HeadCheck.Kind;
import io.offramp.proxy.http.codec.HeadCheck.Progress;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageReaderTest {
    private static final String HEAD = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

    private final MessageReader reader = new MessageReader(Kind.REQUEST, 1000, 1000);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "+1\r\na\r\n0\r\n\r\n",
                "-1\r\na\r\n0\r\n\r\n",
                "0x1\r\na\r\n0\r\n\r\n",
                " 1\r\na\r\n0\r\n\r\n",
                "1 \r\na\r\n0\r\n\r\n",
                "1\t\r\na\r\n0\r\n\r\n",
                "g\r\na\r\n0\r\n\r\n",
                "\r\na\r\n0\r\n\r\n",
                ";x\r\na\r\n0\r\n\r\n",
                "1_0\r\na\r\n0\r\n\r\n",
                "100000001\r\na\r\n0\r\n\r\n",
                "ffffffffffffffff\r\na\r\n0\r\n\r\n",
                "10000000000000001\r\na\r\n0\r\n\r\n",
                "1\na\r\n0\r\n\r\n",
                "1;x\na\r\n0\r\n\r\n",
                "1;\rx\na\r\n0\r\n\r\n",
                "1;x=\"\n\"\r\na\r\n0\r\n\r\n",
                "1\r\nab\r\n0\r\n\r\n",
                "1\r\na\n0\r\n\r\n",
                "1\r\na0\r\n\r\n",
                "1\r\na\r\n0\n\r\n",
                "0\r\n\n",
                "0\r\nX : b\r\n\r\n",
                "0\r\nX: \u0000\r\n\r\n",
                "0\r\nno colon\r\n\r\n",
            })
    void shouldRefuseBodyWhenChunkIsMalformed(String body) {
        assertThat(read(HEAD + body)).isNull();
        assertThat(reader.refusal()).isEqualTo(Progress.MALFORMED);
    }

    @Test
    void shouldGiveDataAndTrailersWhenBodyIsChunked() {
        assertThat(read(HEAD
                        + "5;ext=\"a;b\"\r\nhello\r\n06\r\n world\r\n000\r\nX-Sum: 1\r\nContent-Length: 7\r\n\r\n"))
                .isEqualTo("hello world|X-Sum: 1");
    }

    @Test
    void shouldRefuseTrailersWhenTheyAreTooLarge() {
        assertThat(read(HEAD + "0\r\nX: " + "b".repeat(1010) + "\r\n\r\n")).isNull();
        assertThat(reader.refusal()).isEqualTo(Progress.MALFORMED);
    }

    @Test
    void shouldLeaveNextMessageAsBytesWhenOneIsRead() {
        // Given
        ByteBuf in = bytes("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n");

        // When
        HttpObject head = reader.read(in);

        // Then
        assertThat(((HttpRequest) head).uri()).isEqualTo("/1");
        assertThat(in.toString(StandardCharsets.ISO_8859_1)).startsWith("GET /2 ");
        assertThat(reader.read(in)).isSameAs(LastHttpContent.EMPTY_LAST_CONTENT);
        assertThat(((HttpRequest) reader.read(in)).uri()).isEqualTo("/2");
        in.release();
    }

    @Test
    void shouldReadTheSameWhenStreamIsCutAnywhere() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String stream = HEAD + "5\r\nhello\r\n6\r\n world\r\n0\r\nX-Sum: 1\r\n\r\n";
        for (int round = 0; round < 300; round++) {
            MessageReader fresh = new MessageReader(Kind.REQUEST, 1000, 1000);
            assertThat(read(fresh, stream, random))
                    .as("seed %d round %d", seed, round)
                    .isEqualTo("hello world|X-Sum: 1");
        }
    }

    @Test
    void shouldReadTheNextMessageBehindABodyThatWentAnotherWay() {
        // Given
        MessageReader answers = new MessageReader(Kind.ANSWER, 1000, 1000);
        ByteBuf in = bytes("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nhello");
        assertThat(answers.read(in)).isInstanceOf(HttpResponse.class);
        HttpContent piece = (HttpContent) answers.read(in);
        assertThat(piece.content().readableBytes()).isEqualTo(5);
        piece.release();
        in.release();

        // When
        answers.skipBody();

        // Then
        ByteBuf next = bytes("HTTP/1.1 204 No Content\r\n\r\n");
        assertThat(((HttpResponse) answers.read(next)).status().code()).isEqualTo(204);
        assertThat(answers.read(next)).isSameAs(LastHttpContent.EMPTY_LAST_CONTENT);
        next.release();
    }

    @Test
    void shouldReadNoBodyWhenAnswerIsToHead() {
        // Given
        MessageReader answers = new MessageReader(Kind.ANSWER, 1000, 1000);
        answers.bodiless(true);
        ByteBuf in = bytes("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");

        // Then
        assertThat(answers.read(in)).isInstanceOf(HttpMessage.class);
        assertThat(answers.read(in)).isInstanceOf(LastHttpContent.class);
        in.release();
    }

    /** Data, a bar, trailers; null if the body was refused. */
    private String read(String stream) {
        ByteBuf in = bytes(stream);
        try {
            return drain(reader, in, new StringBuilder());
        } finally {
            assertThat(in.release()).isTrue();
        }
    }

    private static String read(MessageReader reader, String stream, Random random) {
        Leftover leftover = new Leftover();
        StringBuilder text = new StringBuilder();
        String result = null;
        for (int at = 0; at < stream.length(); ) {
            int end = Math.min(stream.length(), at + 1 + random.nextInt(random.nextBoolean() ? 3 : 40));
            ByteBuf in = leftover.join(UnpooledByteBufAllocator.DEFAULT, bytes(stream.substring(at, end)));
            result = drain(reader, in, text);
            if (in.isReadable()) {
                leftover.keep(in);
            } else {
                in.release();
            }
            at = end;
        }
        leftover.release();
        return result;
    }

    private static String drain(MessageReader reader, ByteBuf in, StringBuilder text) {
        for (HttpObject object = reader.read(in); object != null; object = reader.read(in)) {
            if (object instanceof HttpContent content) {
                text.append(content.content().toString(StandardCharsets.ISO_8859_1));
            }
            ReferenceCountUtil.release(object);
            if (object instanceof LastHttpContent last) {
                text.append('|');
                last.trailingHeaders().forEach(field -> text.append(field.getKey() + ": " + field.getValue()));
                return text.toString();
            }
        }
        return null;
    }

    private static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
    }
}
