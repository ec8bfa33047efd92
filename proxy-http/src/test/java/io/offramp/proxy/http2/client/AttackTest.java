package io.offramp.proxy.http2.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.offramp.proxy.budget.ShedEvent;
import io.offramp.proxy.exchange.Http2Rules;
import io.offramp.proxy.exchange.HttpSettings;
import io.offramp.proxy.http2.client.RawClient.Frame;
import io.offramp.proxy.message.HeadLimits;
import java.time.Duration;
import java.util.List;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client can cause by frames that are legal one by one, and where it ends. */
class AttackTest {
    private static final int BUDGET = Http2Rules.DEFAULTS.glitches();
    private static final int PADDED = 0x8;

    /** Repeats an event until the connection ends, and tells after how many. */
    private static int untilTheEnd(RawClient client, int most, BiConsumer<RawClient, Integer> event) {
        int events = 0;
        boolean ended = false;
        while (!ended && events < most) {
            event.accept(client, events++);
            ended = client.read().stream()
                    .anyMatch(frame ->
                            frame.is(Http2FrameTypes.GO_AWAY) && frame.code() == Http2Error.ENHANCE_YOUR_CALM.code());
        }
        assertThat(ended).as("ended within %d events", most).isTrue();
        return events;
    }

    private static int bound(Glitch glitch) {
        return BUDGET / glitch.cost() + 1;
    }

    @Test
    void shouldEndAFloodOfPings() {
        try (RawClient client = new RawClient()) {
            int pings = untilTheEnd(
                    client, 2 * BUDGET, (on, n) -> on.frame(Http2FrameTypes.PING, 0, 0, new byte[Long.BYTES]));
            assertThat(pings).isLessThanOrEqualTo(bound(Glitch.PING));
            assertThat(client.faults).containsExactly("ping");
        }
    }

    @ParameterizedTest
    @ValueSource(bytes = {Http2FrameTypes.PING, Http2FrameTypes.SETTINGS})
    void shouldEndAFloodOfAnswersToNothing(byte type) {
        try (RawClient client = new RawClient()) {
            byte[] payload = new byte[type == Http2FrameTypes.PING ? Long.BYTES : 0];
            int answers = untilTheEnd(client, 2 * BUDGET, (on, n) -> on.frame(type, RawClient.ACK, 0, payload));
            assertThat(answers).isLessThanOrEqualTo(bound(Glitch.ACK));
            assertThat(client.faults).containsExactly("ack");
        }
    }

    @Test
    void shouldLetAClientTakeBackRequestsThatWereServedForASecond() {
        try (RawClient client = new RawClient()) {
            for (int round = 0; round < 8; round++) {
                int first = 200 * round + 1;
                for (int id = first; id < first + 200; id += 2) {
                    client.request(id, true, "/app/a");
                }
                client.advance(1);
                for (int id = first; id < first + 200; id += 2) {
                    client.number(Http2FrameTypes.RST_STREAM, id, (int) Http2Error.CANCEL.code());
                }
            }
            assertThat(client.log).hasSize(800).allMatch(entry -> entry.status() == 499);
            assertThat(client.read(Http2FrameTypes.GO_AWAY)).isEmpty();
        }
    }

    @Test
    void shouldEndAFloodOfSettings() {
        try (RawClient client = new RawClient()) {
            int settings =
                    untilTheEnd(client, BUDGET, (on, n) -> on.frame(Http2FrameTypes.SETTINGS, 0, 0, new byte[0]));
            assertThat(settings).isLessThanOrEqualTo(bound(Glitch.SETTINGS));
        }
    }

    @Test
    void shouldEndAFloodOfWindowUpdates() {
        try (RawClient client = new RawClient()) {
            int updates = untilTheEnd(client, 2 * BUDGET, (on, n) -> on.number(Http2FrameTypes.WINDOW_UPDATE, 0, 1));
            assertThat(updates).isLessThanOrEqualTo(bound(Glitch.WINDOW_UPDATE));
        }
    }

    @Test
    void shouldEndAFloodOfPriorities() {
        try (RawClient client = new RawClient()) {
            int frames = untilTheEnd(
                    client, 2 * BUDGET, (on, n) -> on.frame(Http2FrameTypes.PRIORITY, 0, 2 * n + 1, new byte[5]));
            assertThat(frames).isLessThanOrEqualTo(bound(Glitch.PRIORITY));
        }
    }

    @Test
    void shouldEndAFloodOfUnknownFrames() {
        try (RawClient client = new RawClient()) {
            int frames = untilTheEnd(client, 2 * BUDGET, (on, n) -> on.frame((byte) 0x7f, 0, 0, new byte[3]));
            assertThat(frames).isLessThanOrEqualTo(bound(Glitch.UNKNOWN));
        }
    }

    @Test
    void shouldEndAFloodOfEmptyData() {
        try (RawClient client = new RawClient()) {
            client.request(1, false, "/app/a");
            int frames = untilTheEnd(client, BUDGET, (on, n) -> on.data(1, false, 0));
            assertThat(frames).isLessThanOrEqualTo(bound(Glitch.EMPTY) + 10);
        }
    }

    @Test
    void shouldEndAFloodOfPadding() {
        try (RawClient client = new RawClient()) {
            client.request(1, false, "/app/a");
            int frames = untilTheEnd(
                    client,
                    BUDGET,
                    (on, n) -> on.frame(Http2FrameTypes.DATA, PADDED, 1, new byte[] {5, 0, 0, 0, 0, 0}));
            assertThat(frames).isLessThanOrEqualTo(bound(Glitch.EMPTY) + 10);
        }
    }

    @Test
    void shouldEndARapidResetThatDoesOtherWork() {
        try (RawClient client = new RawClient()) {
            int resets = untilTheEnd(client, BUDGET, (on, n) -> {
                on.request(2 * n + 1, false, "/app/a");
                for (int i = 0; i < 10; i++) {
                    on.data(2 * n + 1, false, 1);
                }
                on.number(Http2FrameTypes.RST_STREAM, 2 * n + 1, (int) Http2Error.CANCEL.code());
            });
            assertThat(resets).isLessThanOrEqualTo(bound(Glitch.CANCELLED));
        }
    }

    @Test
    void shouldEndARapidReset() {
        try (RawClient client = new RawClient()) {
            int resets = untilTheEnd(client, BUDGET, (on, n) -> {
                on.request(2 * n + 1, true, "/app/a");
                on.number(Http2FrameTypes.RST_STREAM, 2 * n + 1, (int) Http2Error.CANCEL.code());
            });
            assertThat(resets).isLessThanOrEqualTo(bound(Glitch.CANCELLED));
            assertThat(client.log).hasSize(resets).allMatch(entry -> entry.status() == 499);
        }
    }

    @Test
    void shouldBoundTheWorkThatOneReadBegins() {
        Http2Rules usual = Http2Rules.DEFAULTS;
        Http2Rules rules = new Http2Rules(
                true, 4, usual.streamWindow(), usual.connectionWindow(), usual.mostWindow(), 0, usual.maxAge());
        try (RawClient client =
                new RawClient(HttpSettings.builder().http2(rules).build())) {
            // Given a client that takes its requests back at once, in one read
            client.atOnce(() -> {
                for (int id = 1; id < 2 * 50; id += 2) {
                    client.request(id, true, "/app/a");
                    client.number(Http2FrameTypes.RST_STREAM, id, (int) Http2Error.CANCEL.code());
                }
            });

            // Then twice the streams that may be open have begun, and all others are refused
            assertThat(client.log).hasSize(8);
            assertThat(client.connects).isLessThanOrEqualTo(8);
            assertThat(client.read(Http2FrameTypes.RST_STREAM))
                    .hasSize(42)
                    .allMatch(reset -> reset.code() == (int) Http2Error.REFUSED_STREAM.code());

            // And the next read begins anew
            client.request(101, true, "/b");
            assertThat(client.status(client.read(Http2FrameTypes.HEADERS).getFirst()))
                    .isEqualTo("404");
        }
    }

    @Test
    void shouldEndAMadeYouReset() {
        try (RawClient client = new RawClient()) {
            int resets = untilTheEnd(client, BUDGET, (on, n) -> {
                on.request(2 * n + 1, false, "/app/a");
                on.number(Http2FrameTypes.WINDOW_UPDATE, 2 * n + 1, 0);
            });
            assertThat(resets).isLessThanOrEqualTo(bound(Glitch.FAULT));
        }
    }

    @Test
    void shouldResetMalformedRequestsAndCountThem() {
        try (RawClient client = new RawClient()) {
            int resets = untilTheEnd(client, BUDGET, (on, n) -> on.request(2 * n + 1, false, "no slash"));
            assertThat(resets).isLessThanOrEqualTo(bound(Glitch.FAULT));
        }
    }

    @Test
    void shouldRefuseStreamsAboveTheLimit() {
        try (RawClient client = new RawClient()) {
            for (int i = 0; i < 101; i++) {
                client.request(2 * i + 1, false, "/app/a");
            }
            List<Frame> resets = client.read(Http2FrameTypes.RST_STREAM);
            assertThat(resets).singleElement().satisfies(reset -> {
                assertThat(reset.stream()).isEqualTo(201);
                assertThat(reset.code()).isEqualTo((int) Http2Error.REFUSED_STREAM.code());
            });
        }
    }

    @Test
    void shouldGoOnBehindARefusedStream() {
        try (RawClient client = new RawClient()) {
            // Given a stream above the limit, whose body is under way
            for (int i = 0; i < 101; i++) {
                client.request(2 * i + 1, false, "/app/a");
            }
            client.data(201, false, 100);
            client.headers(201, true, "x", "y");

            // When
            client.number(Http2FrameTypes.RST_STREAM, 1, (int) Http2Error.CANCEL.code());
            client.read();
            client.request(203, true, "/b");

            // Then
            List<Frame> frames = client.read();
            assertThat(frames).noneMatch(frame -> frame.is(Http2FrameTypes.GO_AWAY));
            assertThat(client.status(frames.getFirst())).isEqualTo("404");
            assertThat(client.faults).isEmpty();
        }
    }

    @Test
    void shouldEndAFloodOfFramesForAStreamThatItHasReset() {
        try (RawClient client = new RawClient()) {
            client.request(1, false, "no slash");
            int frames = untilTheEnd(client, 8 * BUDGET, (on, n) -> on.data(1, false, 10));
            assertThat(frames).isLessThanOrEqualTo(8 * bound(Glitch.REFUSED));
        }
    }

    @Test
    void shouldReportTheEndOfAConnectionOnce() {
        try (RawClient client = new RawClient()) {
            // Given
            client.frame(Http2FrameTypes.HEADERS, 0, 1, client.block(":method", "GET"));
            client.advance(1);

            // When memory is short, twice
            client.channel.pipeline().fireUserEventTriggered(ShedEvent.INSTANCE);
            client.channel.pipeline().fireUserEventTriggered(ShedEvent.INSTANCE);

            // Then
            assertThat(client.read(Http2FrameTypes.GO_AWAY)).hasSize(1);
            assertThat(client.faults).containsExactly("protocol");
        }
    }

    @Test
    void shouldEndAFieldSectionOfManySmallFrames() {
        try (RawClient client = new RawClient()) {
            client.frame(Http2FrameTypes.HEADERS, 0, 1, new byte[0]);
            int frames =
                    untilTheEnd(client, BUDGET, (on, n) -> on.frame(Http2FrameTypes.CONTINUATION, 0, 1, new byte[0]));
            assertThat(frames).isLessThanOrEqualTo(17);
        }
    }

    @Test
    void shouldNotWaitForTheEndOfAFieldSection() {
        try (RawClient client = new RawClient()) {
            client.frame(Http2FrameTypes.HEADERS, 0, 1, client.block(":method", "GET"));
            client.advance(HttpSettings.DEFAULTS.headTimeout().toSeconds() + 1);
            assertThat(client.read(Http2FrameTypes.GO_AWAY)).hasSize(1);
        }
    }

    @Test
    void shouldRefuseAFieldSectionThatUnpacksToMuch() {
        try (RawClient client = new RawClient()) {
            String[] bomb = new String[2 * 2000];
            for (int i = 0; i < bomb.length; i += 2) {
                bomb[i] = "cookie";
                bomb[i + 1] = "a=" + "b".repeat(60);
            }
            client.request(1, true, "/app/a", bomb);
            assertThat(client.status(client.read(Http2FrameTypes.HEADERS).getFirst()))
                    .isEqualTo("431");
            client.request(3, true, "/b");
            assertThat(client.status(client.read(Http2FrameTypes.HEADERS).getFirst()))
                    .isEqualTo("404");
        }
    }

    @Test
    void shouldEndAnEncodedFieldSectionAboveTheLimit() {
        try (RawClient client = new RawClient(
                HttpSettings.builder().heads(new HeadLimits(1024, 2048)).build())) {
            client.frame(Http2FrameTypes.HEADERS, 0, 1, new byte[2000]);
            client.frame(Http2FrameTypes.CONTINUATION, 0, 1, new byte[2000]);
            assertThat(client.read(Http2FrameTypes.GO_AWAY)).hasSize(1);
        }
    }

    @Test
    void shouldHoldNoMoreBodyThanTheWindowOfAStream() {
        try (RawClient client = new RawClient()) {
            client.request(1, false, "/app/a");
            for (int i = 0; i < 17; i++) {
                client.data(1, false, 16 << 10);
            }
            // 256 KiB were allowed, and no credit came back for what no server takes.
            assertThat(client.read(Http2FrameTypes.RST_STREAM)).singleElement().satisfies(reset -> {
                assertThat(reset.code()).isEqualTo((int) Http2Error.FLOW_CONTROL_ERROR.code());
            });
            client.request(3, true, "/b");
            assertThat(client.status(client.read(Http2FrameTypes.HEADERS).getFirst()))
                    .isEqualTo("404");
        }
    }

    @Test
    void shouldResetAStreamWhoseWindowStaysShut() {
        HttpSettings settings =
                HttpSettings.builder().bodyTimeout(Duration.ofSeconds(6)).build();
        try (RawClient client = new RawClient(settings)) {
            client.frame(Http2FrameTypes.SETTINGS, 0, 0, new byte[] {0, 4, 0, 0, 0, 0});
            client.request(1, true, "/b");
            assertThat(client.read(Http2FrameTypes.DATA)).isEmpty();
            client.advance(7);
            assertThat(client.read(Http2FrameTypes.RST_STREAM)).singleElement().satisfies(reset -> {
                assertThat(reset.code()).isEqualTo((int) Http2Error.ENHANCE_YOUR_CALM.code());
            });
        }
    }

    @Test
    void shouldEndAConnectionWithoutRequests() {
        try (RawClient client = new RawClient()) {
            client.advance(HttpSettings.DEFAULTS.idleTimeout().toSeconds() + 1);
            client.advance(2);
            client.advance(3);
            assertThat(client.read(Http2FrameTypes.GO_AWAY)).hasSize(2);
            assertThat(client.channel.isOpen()).isFalse();
        }
    }
}
