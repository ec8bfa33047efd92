package io.offramp.proxy.compress;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.proxy.message.AnswerHead;
import io.offramp.proxy.message.ConnectionOptions;
import io.offramp.proxy.message.FieldEdits;
import io.offramp.proxy.message.FieldRules;
import io.offramp.proxy.message.Fields;
import io.offramp.proxy.message.RequestHead;
import io.offramp.proxy.rule.AnswerFilter;
import io.offramp.proxy.rule.AnswerFilter.Filtered;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class CompressionTest extends CompressionFixture {
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
}
