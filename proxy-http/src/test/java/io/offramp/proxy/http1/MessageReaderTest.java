package io.offramp.proxy.http1;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.offramp.proxy.http1.MessageReader.Refused;
import io.offramp.proxy.http1.MessageReader.Step;
import io.offramp.proxy.message.Field;
import io.offramp.proxy.message.Fields;
import io.offramp.proxy.message.Head;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageReaderTest {
    private static final String HEAD = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

    private final MessageReader reader = MessageReader.ofRequests(1000, 1000);

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
                "ffffffffffffffff\r\na\r\n0\r\n\r\n",
                "10000000000000001\r\na\r\n0\r\n\r\n",
                "1\na\r\n0\r\n\r\n",
                "1;x\na\r\n0\r\n\r\n",
                "1;\rx\na\r\n0\r\n\r\n",
                "1;x=\"\n\"\r\na\r\n0\r\n\r\n",
                "1;x=\"\r\na\r\n0\r\n\r\n",
                "1;x=\"\\\"\r\na\r\n0\r\n\r\n",
                "1;\r\na\r\n0\r\n\r\n",
                "1;x=\r\na\r\n0\r\n\r\n",
                "1;x y\r\na\r\n0\r\n\r\n",
                "1;x=\"y\"z\r\na\r\n0\r\n\r\n",
                "1; HTTP/1.1\r\na\r\n0\r\n\r\n",
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
        assertThat(reader.refusal()).isEqualTo(Refused.MALFORMED);
    }

    @Test
    void shouldGiveDataAndTrailersWhenBodyIsChunked() {
        assertThat(read(HEAD
                        + "5;ext=\"a;\\\"b\"; y = z\r\nhello\r\n06\r\n world\r\n000\r\nX-Sum: 1\r\n"
                        + "Content-Length: 7\r\n\r\n"))
                .isEqualTo("hello world|X-Sum: 1");
    }

    /** What else was read with a head is not of the head, and need not be copied. */
    @Test
    void shouldMakeRoomForAHeadLikeTheOneBefore() {
        MessageReader answers = MessageReader.ofAnswers(1000, 10_000);
        Head first = head(answers, "Server: a\r\n");

        Head second = head(answers, "Server: b\r\n");
        Head longer = head(answers, ("X: " + "x".repeat(200) + "\r\n").repeat(20) + "Server: c\r\n");

        assertThat(second.heldBytes()).isLessThan(first.heldBytes() / 4);
        assertThat(second.fields().value(0)).isEqualTo("b");
        assertThat(longer.fields().size()).isEqualTo(22);
        assertThat(longer.fields().value(19)).isEqualTo("x".repeat(200));
        assertThat(longer.fields().value(20)).isEqualTo("c");
    }

    /** The head of an answer whose body of 1,000 bytes came with it; the body is read, too. */
    private static Head head(MessageReader answers, String fields) {
        String text = "HTTP/1.1 200 OK\r\n" + fields + "Content-Length: 1000\r\n\r\n" + "x".repeat(1000);
        ByteBuf in = Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
        assertThat(answers.read(in)).isEqualTo(Step.HEAD);
        Head head = answers.takeHead();
        assertThat(answers.read(in)).isEqualTo(Step.PIECE);
        assertThat(answers.takePiece().readableBytes()).isEqualTo(1000);
        return head;
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "+1", "1 2", "1,2", "9223372036854775808", "0x10", "1\u00b2"})
    void shouldRefuseALengthThatIsNoNumber(String length) {
        assertThat(read("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + length + "\r\n\r\n"))
                .isNull();
        assertThat(reader.refusal()).isEqualTo(Refused.MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 9, 10, 1024, Long.MAX_VALUE})
    void shouldReadTheLengthThatWasWritten(long length) {
        ByteBuf field = Unpooled.buffer();
        HeaderRules.writeLength(length, field);
        String written = field.toString(StandardCharsets.US_ASCII);

        read("POST / HTTP/1.1\r\nHost: a\r\n" + written + "\r\n");

        assertThat(written).isEqualTo("Content-Length: " + length + "\r\n");
        assertThat(reader.framing()).isEqualTo(length);
    }

    @Test
    void shouldRefuseTrailersWhenTheyAreTooLarge() {
        assertThat(read(HEAD + "0\r\nX: " + "b".repeat(1010) + "\r\n\r\n")).isNull();
        assertThat(reader.refusal()).isEqualTo(Refused.TOO_LARGE);
    }

    @Test
    void shouldRefuseBodyWhenAnExtensionIsTooLong() {
        assertThat(read(HEAD + "5;" + "x".repeat(1010) + "\r\nhello\r\n0\r\n\r\n"))
                .isNull();
        assertThat(reader.refusal()).isEqualTo(Refused.MALFORMED);
    }

    @Test
    void shouldLeaveNextMessageAsBytesWhenOneIsRead() {
        // Given
        ByteBuf in = bytes("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n");

        // When
        Step step = reader.read(in);

        // Then
        assertThat(step).isEqualTo(Step.HEAD);
        assertThat(reader.takeHead().target()).isEqualTo("/1");
        assertThat(reader.isComplete()).isTrue();
        assertThat(in.toString(StandardCharsets.ISO_8859_1)).startsWith("GET /2 ");
        assertThat(reader.read(in)).isEqualTo(Step.HEAD);
        assertThat(reader.takeHead().target()).isEqualTo("/2");
        in.release();
    }

    @Test
    void shouldReadTheSameWhenStreamIsCutAnywhere() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String stream = HEAD + "5\r\nhello\r\n6\r\n world\r\n0\r\nX-Sum: 1\r\n\r\n";
        for (int round = 0; round < 300; round++) {
            MessageReader fresh = MessageReader.ofRequests(1000, 1000);
            assertThat(read(fresh, stream, random))
                    .as("seed %d round %d", seed, round)
                    .isEqualTo("hello world|X-Sum: 1");
        }
    }

    @Test
    void shouldReadTheNextMessageBehindABodyThatWentAnotherWay() {
        // Given
        MessageReader answers = MessageReader.ofAnswers(1000, 1000);
        ByteBuf in = bytes("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nhello");
        assertThat(answers.read(in)).isEqualTo(Step.HEAD);
        answers.takeHead();
        assertThat(answers.read(in)).isEqualTo(Step.PIECE);
        ByteBuf piece = answers.takePiece();
        assertThat(piece.readableBytes()).isEqualTo(5);
        assertThat(answers.left()).isEqualTo(495);
        piece.release();
        in.release();

        // When
        answers.skip(95);
        assertThat(answers.isComplete()).isFalse();
        answers.skip(400);

        // Then
        assertThat(answers.isComplete()).isTrue();
        ByteBuf next = bytes("HTTP/1.1 204 No Content\r\n\r\n");
        assertThat(answers.read(next)).isEqualTo(Step.HEAD);
        assertThat(answers.takeHead().status()).isEqualTo(204);
        assertThat(answers.isComplete()).isTrue();
        next.release();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                " ",
                "\t",
                " \t  \t",
                "                                                                                "
            })
    void shouldRemoveBlanksBeforeTheColonOfAnAnswersField(String blanks) {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String stream = "HTTP/1.1 200 OK\r\nX-Protect" + blanks + ": 1\r\nA: b\r\nTransfer-Encoding" + blanks
                + ":chunked\r\nLast" + blanks + ":\r\n\r\n2\r\nok\r\n0\r\nX-Sum" + blanks + ": 7\r\nB" + blanks
                + ": c\r\n\r\n";
        for (int round = 0; round < 100; round++) {
            MessageReader answers = MessageReader.ofAnswers(1000, 1000);
            assertThat(lines(answers, stream, random))
                    .as("seed %d round %d", seed, round)
                    .isEqualTo(
                            "X-Protect: 1\r\nA: b\r\nTransfer-Encoding:chunked\r\nLast:\r\n|ok|X-Sum: 7\r\nB: c\r\n");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"X y: 1", "X ", " X: 1", "X \u0000: 1", "X \n: 1", " : 1"})
    void shouldRefuseAnAnswersFieldWhenBlanksDoNotEndItsName(String field) {
        MessageReader answers = MessageReader.ofAnswers(1000, 1000);
        ByteBuf in = bytes("HTTP/1.1 200 OK\r\n" + field + "\r\n\r\n");

        assertThat(answers.read(in)).isEqualTo(Step.REFUSED);
        assertThat(answers.refusal()).isEqualTo(Refused.MALFORMED);
        in.release();
    }

    /** Lines of the fields as they are forwarded, then the body, then those of the trailers. */
    private static String lines(MessageReader reader, String stream, Random random) {
        StringBuilder text = new StringBuilder();
        for (int at = 0; at < stream.length(); ) {
            int end = Math.min(stream.length(), at + 1 + random.nextInt(random.nextBoolean() ? 3 : 60));
            ByteBuf in = bytes(stream.substring(at, end));
            for (Step step = reader.read(in); step != Step.MORE; step = reader.read(in)) {
                switch (step) {
                    case HEAD -> text.append(lines(reader.takeHead().fields())).append('|');
                    case PIECE -> {
                        ByteBuf piece = reader.takePiece();
                        text.append(piece.toString(StandardCharsets.ISO_8859_1));
                        piece.release();
                    }
                    case END -> text.append('|').append(lines(reader.trailers()));
                    default -> throw new AssertionError(reader.problem());
                }
            }
            assertThat(in.isReadable()).isFalse();
            in.release();
            at = end;
        }
        return text.toString();
    }

    private static String lines(Fields fields) {
        ByteBuf out = Unpooled.buffer();
        fields.write(0, fields.size(), out);
        String text = out.toString(StandardCharsets.ISO_8859_1);
        out.release();
        return text;
    }

    @Test
    void shouldReadNoBodyWhenAnswerIsToHead() {
        // Given
        MessageReader answers = MessageReader.ofAnswers(1000, 1000);
        answers.toHead(true);
        ByteBuf in = bytes("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");

        // Then
        assertThat(answers.read(in)).isEqualTo(Step.HEAD);
        assertThat(answers.isComplete()).isTrue();
        in.release();
    }

    /** Data, a bar, trailers that pass; null if the body was refused. */
    private @Nullable String read(String stream) {
        ByteBuf in = bytes(stream);
        try {
            return drain(reader, in, new StringBuilder());
        } finally {
            assertThat(in.release()).isTrue();
        }
    }

    private static @Nullable String read(MessageReader reader, String stream, Random random) {
        StringBuilder text = new StringBuilder();
        String result = null;
        for (int at = 0; at < stream.length(); ) {
            int end = Math.min(stream.length(), at + 1 + random.nextInt(random.nextBoolean() ? 3 : 40));
            ByteBuf in = bytes(stream.substring(at, end));
            result = drain(reader, in, text);
            assertThat(in.isReadable()).isFalse();
            in.release();
            at = end;
        }
        return result;
    }

    private static @Nullable String drain(MessageReader reader, ByteBuf in, StringBuilder text) {
        while (true) {
            switch (reader.read(in)) {
                case MORE, REFUSED -> {
                    return null;
                }
                case HEAD -> reader.takeHead();
                case PIECE -> {
                    ByteBuf piece = reader.takePiece();
                    text.append(piece.toString(StandardCharsets.ISO_8859_1));
                    piece.release();
                }
                case END -> {
                    Fields trailers = reader.trailers();
                    text.append('|');
                    for (int i = 0; i < trailers.size(); i++) {
                        if (trailers.kind(i) == Field.OTHER) {
                            text.append(trailers.name(i)).append(": ").append(trailers.value(i));
                        }
                    }
                    return text.toString();
                }
            }
        }
    }

    private static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
    }
}
