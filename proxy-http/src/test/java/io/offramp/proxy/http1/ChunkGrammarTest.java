package io.offramp.proxy.http1;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.offramp.proxy.http1.MessageReader.Refused;
import io.offramp.proxy.http1.MessageReader.Step;
import io.offramp.proxy.message.Ascii;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Chunks are read by the grammar of RFC 9112 §7.1 and §7.1.1, in requests and in answers alike. */
class ChunkGrammarTest {
    private static final int LINE_LIMIT = 1000;
    private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
    private static final String QUOTED =
            "\"(?:[\\t \\x21\\x23-\\x5B\\x5D-\\x7E\\x80-\\xFF]|\\\\[\\t \\x21-\\x7E\\x80-\\xFF])*\"";
    private static final String BWS = "[ \\t]*";
    private static final Pattern LINE = Pattern.compile("[0-9A-Fa-f]+(?:" + BWS + ";" + BWS + TOKEN + "(?:" + BWS + "="
            + BWS + "(?:" + TOKEN + "|" + QUOTED + "))?)*");
    /** Each once and again, so that lines of the grammar are not rare. */
    private static final String ALPHABET = "1aF;;;;xyz== \t\"\"\"\\\\\u00e9\u0000\u007f(,";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "5",
                "05",
                "000000000000000000000000005",
                "5;x",
                "5 ;x",
                "5\t \t;\t x",
                "5;x=y",
                "5;x = y",
                "5 ; x\t=\ty ; z",
                "5;x=\"\"",
                "5;x=\"a;b\\\"\\\\\"",
                "5;x=\"\t\u00e9\u00ff\"",
                "5;x=\"\\\u00e9\\\t\\ \"",
                "5;x=\"y\" ;z",
                "5;!#$%&'*+-.^_`|~=1",
                "5;x;x;x",
            })
    void shouldTakeAChunkWhenItsLineIsOfTheGrammar(String line) {
        for (boolean requests : new boolean[] {true, false}) {
            assertThat(LINE.matcher(line).matches()).isTrue();
            assertThat(body(requests, line + "\r\nhello\r\n" + line.replace('5', '0') + "\r\n\r\n"))
                    .isEqualTo("hello");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " 5",
                "\t5",
                "5 ",
                "5\t",
                "+5",
                "-5",
                "0x5",
                "5h",
                "5_0",
                "5,x",
                "5 5",
                ";x",
                "5;",
                "5; ",
                "5;;x",
                "5;x;",
                "5;=y",
                "5;x=",
                "5;x= ",
                "5;x=;y",
                "5;x y",
                "5;x ",
                "5;x=y ",
                "5;x=\"y\" ",
                "5;x=y z",
                "5;x=\"y",
                "5;x=\"y\\\"",
                "5;x=\"y\"z",
                "5;x=\"\u0000\"",
                "5;x=\"\u007f\"",
                "5;x=\"\\\u0001\"",
                "5;x=(",
                "5;\u00e9",
                "5;x=\u00e9",
                "5\r;x",
                "5;x\r",
                "5;x=\"\n\"",
                "5\n",
            })
    void shouldRefuseAChunkWhenItsLineIsNotOfTheGrammar(String line) {
        for (boolean requests : new boolean[] {true, false}) {
            assertThat(LINE.matcher(line).matches()).isFalse();
            assertThat(body(requests, line + "\r\nhello\r\n0\r\n\r\n")).isNull();
        }
    }

    @Test
    void shouldAgreeWithTheGrammarOnAnyLine() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int taken = 0;
        for (int round = 0; round < 200_000; round++) {
            StringBuilder line = new StringBuilder("0");
            int length = random.nextInt(9);
            for (int i = 0; i < length; i++) {
                line.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
            }
            boolean right = LINE.matcher(line).matches()
                    && line.chars().takeWhile(c -> Ascii.hex(c) >= 0).allMatch(c -> c == '0');
            boolean other = LINE.matcher(line).matches() && !right;
            if (!other) {
                assertThat(body(round % 2 == 0, line + "\r\n\r\n") != null)
                        .as("seed %d: %s", seed, line)
                        .isEqualTo(right);
                taken += right ? 1 : 0;
            }
        }
        assertThat(taken).as("seed %d", seed).isGreaterThan(1000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"80000000", "ffffffffff", "7fffffffffffffff", "0000000000000000007FFFFFFFFFFFFFFF"})
    void shouldTakeAnySizeUpTo63Bits(String size) {
        for (boolean requests : new boolean[] {true, false}) {
            MessageReader reader = reader(requests);
            ByteBuf in = stream(requests, size + "\r\nhello");

            assertThat(reader.read(in)).isEqualTo(Step.HEAD);
            assertThat(reader.read(in)).isEqualTo(Step.PIECE);

            ByteBuf piece = reader.takePiece();
            assertThat(piece.readableBytes()).isEqualTo(5);
            assertThat(reader.isComplete()).isFalse();
            piece.release();
            in.release();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "8000000000000000",
                "ffffffffffffffff",
                "10000000000000000",
                "10000000000000005",
                "fffffffffffffffffffffffffff"
            })
    void shouldRefuseASizeOfMoreThan63Bits(String size) {
        assertThat(body(true, size + "\r\nhello")).isNull();
        assertThat(body(false, size + "\r\nhello")).isNull();
    }

    @Test
    void shouldBoundTheZerosInFrontOfASize() {
        assertThat(body(true, "0".repeat(LINE_LIMIT - 1) + "5\r\nhello\r\n0\r\n\r\n"))
                .isEqualTo("hello");
        assertThat(body(true, "0".repeat(LINE_LIMIT) + "5\r\nhello\r\n0\r\n\r\n"))
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"9223372036854775807", "000000000000000000000000000009223372036854775807"})
    void shouldTakeALengthUpTo63Bits(String length) {
        assertThat(framing(length)).isEqualTo(Long.MAX_VALUE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"9223372036854775808", "18446744073709551621", "99999999999999999999", "1e3", "5 5", ""})
    void shouldRefuseALengthThatIsNoNumberOf63Bits(String length) {
        assertThat(framing(length)).isEqualTo(Framing.INVALID);
    }

    private static long framing(String length) {
        MessageReader reader = MessageReader.ofRequests(LINE_LIMIT, LINE_LIMIT);
        ByteBuf in = Unpooled.copiedBuffer(
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + length + "\r\n\r\n", StandardCharsets.ISO_8859_1);
        reader.read(in);
        in.release();
        return reader.framing();
    }

    private static MessageReader reader(boolean requests) {
        return requests
                ? MessageReader.ofRequests(LINE_LIMIT, LINE_LIMIT)
                : MessageReader.ofAnswers(LINE_LIMIT, LINE_LIMIT);
    }

    private static ByteBuf stream(boolean requests, String chunks) {
        String start = requests ? "POST / HTTP/1.1\r\nHost: a\r\n" : "HTTP/1.1 200 OK\r\n";
        return Unpooled.copiedBuffer(
                start + "Transfer-Encoding: chunked\r\n\r\n" + chunks, StandardCharsets.ISO_8859_1);
    }

    /** Null if it was refused. */
    private static @Nullable String body(boolean requests, String chunks) {
        MessageReader reader = reader(requests);
        ByteBuf in = stream(requests, chunks);
        StringBuilder text = new StringBuilder();
        try {
            while (true) {
                switch (reader.read(in)) {
                    case HEAD -> reader.takeHead();
                    case PIECE -> {
                        ByteBuf piece = reader.takePiece();
                        text.append(piece.toString(StandardCharsets.ISO_8859_1));
                        piece.release();
                    }
                    case END -> {
                        return text.toString();
                    }
                    case REFUSED -> {
                        assertThat(reader.refusal()).isEqualTo(Refused.MALFORMED);
                        return null;
                    }
                    case MORE -> {
                        // What is behind the line was taken for its end, and is not there.
                        return null;
                    }
                }
            }
        } finally {
            in.release();
        }
    }
}
