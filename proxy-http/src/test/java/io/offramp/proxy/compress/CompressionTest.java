package io.offramp.proxy.compress;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.ZstdInputStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.offramp.proxy.budget.MemoryBudget;
import io.offramp.proxy.compress.CompressionEvents.Skip;
import io.offramp.proxy.message.AnswerHead;
import io.offramp.proxy.message.ConnectionOptions;
import io.offramp.proxy.message.FieldEdits;
import io.offramp.proxy.message.FieldRules;
import io.offramp.proxy.message.Fields;
import io.offramp.proxy.message.HeadWriter;
import io.offramp.proxy.message.RequestHead;
import io.offramp.proxy.rule.AnswerFilter;
import io.offramp.proxy.rule.AnswerFilter.Filtered;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class CompressionTest {
    private static final ByteBufAllocator ALLOCATOR = new UnpooledByteBufAllocator(true);
    private static final long MIB = 1 << 20;

    private final List<Skip> skips = new ArrayList<>();
    private final List<Long> counted = new ArrayList<>();
    private final CompressionEvents events = new CompressionEvents() {
        @Override
        public void onCompressed(Coding coding, long taken, long given) {
            counted.add(taken);
        }

        @Override
        public void onSkipped(Skip why) {
            skips.add(why);
        }
    };
    private long mostBytes = 16 * MIB;
    private final AtomicLong buffers = new AtomicLong();
    private final MemoryBudget budget =
            new MemoryBudget(Long.MAX_VALUE, 100 * MIB, () -> 0, buffers::get, () -> 0, System::nanoTime, what -> {});
    private final Compression compression =
            new Compression(() -> new CompressionLimits(1_000_000, mostBytes), budget, events);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "gzip                              | GZIP",
                "zstd                              | ZSTD",
                "gzip, zstd                        | ZSTD",
                "gzip;q=1.0, zstd;q=0.9            | GZIP",
                "GZIP                              | GZIP",
                "x-gzip                            | GZIP",
                "*                                 | ZSTD",
                "*;q=0.5, zstd;q=0                 | GZIP",
                "br, deflate                       | ",
                "gzip;q=0                          | ",
                "gzip;q=0.000, *;q=0               | ",
                "gzip;q=0.5, identity;q=1          | ",
                "gzip;q=0.5, identity;q=0.5        | GZIP",
                "gzip;q=2                          | ",
                "identity                          | ",
            })
    void shouldTakeTheCodingThatTheClientLikesBest(String accepted, @Nullable Coding coding) {
        assertThat(Coding.best(request("GET", "Accept-Encoding", accepted).fields(), CompressionConfig.ON.codings()))
                .isEqualTo(coding);
    }

    @ParameterizedTest
    @EnumSource(Coding.class)
    void shouldGiveTheSameBytesAfterAnyPiecesAndFlushes(Coding coding) throws IOException {
        // Given
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int round = 0; round < 50; round++) {
            AnswerFilter body = begin(coding);
            ByteArrayOutputStream sent = new ByteArrayOutputStream();
            ByteArrayOutputStream out = new ByteArrayOutputStream();

            // When
            for (int pieces = random.nextInt(20); pieces >= 0; pieces--) {
                byte[] bytes = new byte[random.nextInt(1 << random.nextInt(17))];
                for (int i = 0; i < bytes.length; i++) {
                    bytes[i] = (byte) ("text".charAt(i & 3) + (random.nextInt(10) == 0 ? random.nextInt(9) : 0));
                }
                sent.write(bytes);
                body.write(piece(bytes, random.nextInt(3)), to(out));
                if (sent.size() > 0 && random.nextInt(3) == 0) {
                    body.flush(to(out));
                    assertThat(read(coding, out.toByteArray(), sent.size()))
                            .as("seed %d", seed)
                            .isEqualTo(sent.toByteArray());
                }
            }
            body.end(to(out));

            // Then
            assertThat(readAll(coding, out.toByteArray())).as("seed %d", seed).isEqualTo(sent.toByteArray());
        }
    }

    @Test
    void shouldMakeTheHeadOfACompressedAnswer() {
        // Given
        AnswerHead answer = answer(
                200,
                5000,
                "Content-Type",
                "text/html; charset=utf-8",
                "Content-Length",
                "5000",
                "ETag",
                "\"v1\"",
                "Vary",
                "Cookie",
                "Accept-Ranges",
                "bytes",
                "X-Other",
                "kept");

        // When
        Filtered result = of(request("GET", "Accept-Encoding", "gzip"), answer);

        // Then
        assertThat(lines(result.head().message().fields()))
                .containsExactly(
                        "Content-Type: text/html; charset=utf-8",
                        "X-Other: kept",
                        "ETag: W/\"v1\"",
                        "Content-Encoding: gzip",
                        "Vary: Cookie, Accept-Encoding");
        assertThat(result.head().status()).isEqualTo(200);
        assertThat(result.head().length()).isNegative();
        end(result);
    }

    @Test
    void shouldAnswerAHeadAsAGetWithoutABody() {
        // When
        Filtered result = of(
                request("HEAD", "Accept-Encoding", "gzip"),
                answer(200, 0, "Content-Type", "text/html", "Content-Length", "5000"));

        // Then
        assertThat(result.filter()).isNull();
        assertThat(result.head().length()).isZero();
        assertThat(lines(result.head().message().fields()))
                .containsExactly("Content-Type: text/html", "Content-Encoding: gzip", "Vary: Accept-Encoding");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Content-Encoding | br",
                "Cache-Control    | public, No-Transform",
                "Content-Range    | bytes 0-9/10",
                "Repr-Digest      | sha-256=:abc=:",
            })
    void shouldLeaveAnAnswerThatMustNotChange(String name, String value) {
        // Given
        AnswerHead answer = answer(200, -1, "Content-Type", "text/html", name, value);

        // When
        Filtered result = of(request("GET", "Accept-Encoding", "gzip"), answer);

        // Then
        assertThat(result.head()).isSameAs(answer);
        assertThat(result.filter()).isNull();
    }

    @Test
    void shouldLeavePartsOtherTypesAndOldClients() {
        RequestHead request = request("GET", "Accept-Encoding", "gzip");
        AnswerHead part = answer(206, -1, "Content-Type", "text/html");
        AnswerHead image = answer(200, -1, "Content-Type", "image/png");
        AnswerHead html = answer(200, -1, "Content-Type", "text/html");

        assertThat(of(request, part).head()).isSameAs(part);
        assertThat(of(request, image).head()).isSameAs(image);
        assertThat(of(request("GET", "Accept-Encoding", "gzip", "Range", "bytes=0-1"), html)
                        .head())
                .isSameAs(html);
        assertThat(compression
                        .of(CompressionConfig.OFF, request, html, ALLOCATOR)
                        .head())
                .isSameAs(html);
    }

    @Test
    void shouldSayThatOthersGetAnotherForm() {
        // Given
        AnswerHead answer = answer(200, 5000, "Content-Type", "text/html", "ETag", "\"v1\"");

        // When
        Filtered other = of(request("GET", "Accept-Encoding", "br"), answer);
        Filtered small = of(request("GET", "Accept-Encoding", "gzip"), answer(200, 100, "Content-Type", "text/html"));

        // Then
        assertThat(other.filter()).isNull();
        assertThat(lines(other.head().message().fields()))
                .containsExactly("Content-Type: text/html", "ETag: \"v1\"", "Vary: Accept-Encoding");
        assertThat(other.head().length()).isEqualTo(5000);
        assertThat(small.filter()).isNull();
    }

    @Test
    void shouldWeakenTheValidatorOfA304() {
        // When
        Filtered result =
                of(request("GET", "Accept-Encoding", "gzip"), answer(304, 0, "ETag", "\"v1\"", "Vary", "Cookie"));

        // Then
        assertThat(lines(result.head().message().fields())).containsExactly("Vary: Cookie", "ETag: W/\"v1\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "br"})
    void shouldKeepFieldsOfRulesAndItsOwnWhateverAConnectionFieldNames(String accepted) {
        // Given
        AnswerHead server = answer(
                200,
                -1,
                "Content-Type",
                "text/html",
                "ETag",
                "\"v1\"",
                "X-Hop",
                "1",
                "Connection",
                "X-Hop, X-Frame-Options, Content-Encoding, Vary");
        FieldEdits rules = new FieldEdits();
        rules.set("X-Frame-Options", "DENY");
        ConnectionOptions options = ConnectionOptions.of(server.message().fields());

        // When
        Filtered result = of(
                request("GET", "Accept-Encoding", accepted),
                new AnswerHead(server.message(), options, -1, 0).with(rules));

        // Then
        Fields fields = result.head().message().fields();
        List<String> passed = new ArrayList<>();
        for (int i = 0; i < fields.size(); i++) {
            if (FieldRules.passes(fields, result.head().options(), i, false)) {
                passed.add(fields.name(i));
            }
        }
        assertThat(passed).contains("X-Frame-Options", "Vary").doesNotContain("X-Hop");
        assertThat(passed.contains("Content-Encoding")).isEqualTo(result.filter() != null);
        if (result.filter() != null) {
            end(result);
        }
    }

    @Test
    void shouldTakeNoMoreMemoryThanItMay() {
        // Given
        mostBytes = 2 * Coding.GZIP.memoryBytes(4);
        Filtered first = compressed();
        Filtered second = compressed();

        // When
        Filtered third = compressed();

        // Then
        assertThat(third.filter()).isNull();
        assertThat(lines(third.head().message().fields())).contains("Vary: Accept-Encoding");
        assertThat(skips).containsExactly(Skip.MEMORY);
        assertThat(budget.nativeBytes()).isEqualTo(mostBytes);
        end(first);
        end(second);
        Filtered fourth = compressed();
        assertThat(fourth.filter()).isNotNull();
        end(fourth);
        assertThat(counted).hasSize(3);
        assertThat(budget.nativeBytes()).as("one is kept").isEqualTo(mostBytes / 2);
    }

    @Test
    void shouldCompressNothingWhileMemoryIsShortAndGiveBackWhatItHas() {
        // Given
        Filtered before = compressed();
        buffers.set(90 * MIB);
        budget.look();

        // When
        Filtered result = compressed();

        // Then
        assertThat(result.filter()).isNull();
        assertThat(skips).containsExactly(Skip.MEMORY);
        assertThat(before.filter()).isNotNull();
        before.filter().release();
        assertThat(budget.nativeBytes()).isZero();
    }

    @Test
    void shouldCountWhatACompressorTakesAtItsHighestLevel() {
        // Given
        RequestHead request = request("GET", "Accept-Encoding", "zstd");
        AnswerHead html = answer(200, -1, "Content-Type", "text/html");
        CompressionConfig small = new CompressionConfig(List.of(Coding.ZSTD), 1, 19, CompressionConfig.TYPES, 0);

        // When
        end(of(request, html));
        assertThat(budget.nativeBytes()).isEqualTo(Coding.ZSTD.memoryBytes(3));
        end(compression.of(small, request, html, ALLOCATOR));

        // Then
        assertThat(budget.nativeBytes()).isEqualTo(Coding.ZSTD.memoryBytes(19));
        end(of(request, html));
        assertThat(budget.nativeBytes()).isEqualTo(Coding.ZSTD.memoryBytes(19));
    }

    @Test
    void shouldBeginNothingOnceTheTimeOfAWindowIsUsedUp() {
        // Given
        CpuShare share = new CpuShare(() -> 50, 0);
        share.onSpent(CpuShare.WINDOW_NS / 2 - 1, 10);
        assertThat(share.isUsedUp(20)).isFalse();

        // When
        share.onSpent(CpuShare.WINDOW_NS, 30);

        // Then
        assertThat(share.isUsedUp(40)).isTrue();
        assertThat(share.isUsedUp(CpuShare.WINDOW_NS)).isTrue();
        assertThat(share.isUsedUp(3 * CpuShare.WINDOW_NS)).isFalse();
    }

    @Test
    void shouldReleaseWhatAnEndedAnswerHasLeft() {
        // Given
        Filtered result = compressed();
        assertThat(result.filter()).isNotNull();
        ByteBuf piece = piece(new byte[100], 0);
        result.filter().write(piece, out -> out.release());

        // When
        result.filter().release();
        result.filter().release();

        // Then
        assertThat(piece.refCnt()).isZero();
        assertThat(counted).containsExactly(100L);
        ByteBuf late = piece(new byte[100], 0);
        result.filter().write(late, out -> out.release());
        assertThat(late.refCnt()).isZero();
    }

    @ParameterizedTest
    @EnumSource(Coding.class)
    void shouldLeaveNothingToTheNextAnswerIfTheClientGoesWithinAPiece(Coding coding) throws IOException {
        // Given
        AnswerFilter first = begin(coding);
        byte[] noise = new byte[1 << 20];
        new Random(1).nextBytes(noise);

        // When
        first.write(piece(noise, 0), out -> {
            out.release();
            first.release();
        });
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        AnswerFilter second = begin(coding);
        second.write(piece(new byte[100], 0), to(out));
        second.end(to(out));

        // Then
        assertThat(readAll(coding, out.toByteArray())).isEqualTo(new byte[100]);
        assertThat(counted).containsExactly((long) noise.length, 100L);
    }

    private Filtered compressed() {
        return of(request("GET", "Accept-Encoding", "gzip"), answer(200, -1, "Content-Type", "text/html"));
    }

    private Filtered of(RequestHead request, AnswerHead answer) {
        return compression.of(CompressionConfig.ON, request, answer, ALLOCATOR);
    }

    private AnswerFilter begin(Coding coding) {
        AnswerFilter body = of(
                        request("GET", "Accept-Encoding", coding.word()), answer(200, -1, "Content-Type", "text/html"))
                .filter();
        assertThat(body).isNotNull();
        return body;
    }

    private static void end(Filtered result) {
        assertThat(result.filter()).isNotNull();
        result.filter().end(out -> out.release());
    }

    private static Consumer<ByteBuf> to(ByteArrayOutputStream out) {
        return piece -> {
            byte[] bytes = new byte[piece.readableBytes()];
            piece.readBytes(bytes);
            piece.release();
            out.writeBytes(bytes);
        };
    }

    private static ByteBuf piece(byte[] bytes, int kind) {
        return switch (kind) {
            case 0 -> ALLOCATOR.directBuffer(Math.max(1, bytes.length)).writeBytes(bytes);
            case 1 -> Unpooled.copiedBuffer(bytes);
            default ->
                ALLOCATOR
                        .compositeDirectBuffer()
                        .addComponent(
                                true,
                                ALLOCATOR
                                        .directBuffer(Math.max(1, bytes.length))
                                        .writeBytes(bytes, 0, bytes.length / 2))
                        .addComponent(
                                true,
                                ALLOCATOR
                                        .directBuffer(Math.max(1, bytes.length))
                                        .writeBytes(bytes, bytes.length / 2, bytes.length - bytes.length / 2));
        };
    }

    private static InputStream open(Coding coding, byte[] bytes) throws IOException {
        return coding == Coding.GZIP
                ? new GZIPInputStream(new ByteArrayInputStream(bytes))
                : new ZstdInputStream(new ByteArrayInputStream(bytes)).setContinuous(true);
    }

    private static byte[] read(Coding coding, byte[] bytes, int length) throws IOException {
        try (InputStream in = open(coding, bytes)) {
            return in.readNBytes(length);
        }
    }

    private static byte[] readAll(Coding coding, byte[] bytes) throws IOException {
        try (InputStream in = open(coding, bytes)) {
            return in.readAllBytes();
        }
    }

    private static List<String> lines(Fields fields) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < fields.size(); i++) {
            lines.add(fields.name(i) + ": " + fields.value(i));
        }
        return lines;
    }

    private static RequestHead request(String method, String... namesAndValues) {
        HeadWriter head = HeadWriter.request(method, "/").field("Host", "example.com");
        for (int i = 0; i < namesAndValues.length; i += 2) {
            head.field(namesAndValues[i], namesAndValues[i + 1]);
        }
        return head.completeRequest();
    }

    private static AnswerHead answer(int status, long length, String... namesAndValues) {
        HeadWriter head = HeadWriter.answer(status, "Any");
        for (int i = 0; i < namesAndValues.length; i += 2) {
            head.field(namesAndValues[i], namesAndValues[i + 1]);
        }
        return new AnswerHead(head.complete(), ConnectionOptions.NONE, length, 0);
    }
}
