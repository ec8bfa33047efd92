package io.offramp.proxy.handshake.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.proxy.handshake.crypto.Group;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The second ClientHello may differ from the first only where the HelloRetryRequest asks for it (RFC 8446 §4.1.2). */
class RetriedHelloTest {
    private static final HandshakeSettings SETTINGS = TestSettings.DEFAULT.build();
    private static final byte[] BASE_POINT = HexFormat.of().parseHex("09" + "00".repeat(31));
    private static final int COOKIE = 44;

    /** What a client may not do. */
    enum Change {
        SERVER_NAME(hello -> hello.with(0, serverName("other.test"))),
        NO_SERVER_NAME(hello -> hello.without(0)),
        SUITES(hello -> hello.withSuites(0x1302, 0x1301)),
        FEWER_SUITES(hello -> hello.withSuites(0x1301)),
        RANDOM(hello -> hello.withRandom(ones(32))),
        SESSION_ID(hello -> hello.withSessionId(ones(32))),
        GROUPS(hello -> hello.with(10, RawClientHello.list(RawClientHello.shorts(Group.X25519.code())))),
        SIGNATURE_SCHEMES(hello -> hello.with(13, RawClientHello.list(RawClientHello.shorts(0x0403)))),
        PROTOCOLS(hello -> hello.with(16, RawClientHello.list("\10http/1.1".getBytes(StandardCharsets.US_ASCII)))),
        UNKNOWN_EXTENSION(hello -> hello.with(0x7a7a, new byte[0])),
        EARLY_DATA(hello -> hello.with(42, new byte[0])),
        SHARE_OF_ANOTHER_GROUP(hello -> hello.withShare(Group.SECP256R1, new byte[65])),
        NO_SHARE(hello -> hello.with(51, new byte[] {0, 0})),
        NO_COOKIE(hello -> hello.without(COOKIE)),
        COOKIE_OF_ANOTHER(hello -> hello.with(COOKIE, RawClientHello.list(ones(16))));

        private final UnaryOperator<RawClientHello> made;

        Change(UnaryOperator<RawClientHello> made) {
            this.made = made;
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldRefuseASecondHelloThatChanges(Change change) {
        try (EmbeddedHandshake server = new EmbeddedHandshake(SETTINGS)) {
            // Given
            byte[] retry = server.receive(first().record());

            // When
            byte[] answer = server.receive(change.made.apply(second(retry)).record());

            // Then
            assertThat(answer).isEqualTo(RawClientHello.record(21, new byte[] {2, 47}));
            assertThat(server.failure().detail()).startsWith("illegal_parameter");
        }
    }

    @Test
    void shouldTakeASecondHelloThatChangesOnlyWhatItMay() {
        try (EmbeddedHandshake server = new EmbeddedHandshake(SETTINGS)) {
            byte[] retry = server.receive(
                    first().with(42, new byte[0]).with(0xfe0d, ones(40)).record());

            byte[] answer = server.receive(
                    second(retry).with(0xfe0d, ones(30)).with(21, new byte[100]).record());

            assertThat(server.isUndecided()).isTrue();
            assertThat(answer).startsWith(22, 3, 3).hasSizeGreaterThan(300);
            server.channel().close();
        }
    }

    @Test
    void shouldRefuseAThirdHello() {
        try (EmbeddedHandshake server = new EmbeddedHandshake(SETTINGS)) {
            byte[] retry = server.receive(first().record());
            server.receive(second(retry).record());
            server.receive(second(retry).record());

            assertThat(server.failure().detail()).startsWith("unexpected_message");
        }
    }

    @Test
    void shouldRefuseAnythingElseInPlaceOfTheSecondHello() {
        try (EmbeddedHandshake server = new EmbeddedHandshake(SETTINGS)) {
            server.receive(first().record());
            server.receive(RawClientHello.record(22, new byte[] {20, 0, 0, 0}));

            assertThat(server.failure().detail()).startsWith("unexpected_message");
        }
    }

    private static RawClientHello first() {
        return RawClientHello.withoutShare(Group.X25519, Group.SECP256R1).with(0, serverName("localhost"));
    }

    /** As a good client makes it: the same with a share and the cookie. */
    private static RawClientHello second(byte[] retry) {
        return first().withShare(Group.X25519, BASE_POINT).with(COOKIE, cookieOf(retry));
    }

    private static byte[] cookieOf(byte[] retry) {
        int at = 5 + 4 + 2 + 32 + 1 + retry[43] + 2 + 1 + 2;
        while (retry[at + 1] != COOKIE) {
            at += 4 + ((retry[at + 2] & 0xff) << 8 | retry[at + 3] & 0xff);
        }
        return Arrays.copyOfRange(retry, at + 4, at + 4 + (retry[at + 3] & 0xff));
    }

    private static byte[] serverName(String name) {
        byte[] host = RawClientHello.list(name.getBytes(StandardCharsets.US_ASCII));
        return RawClientHello.list(RawClientHello.join(new byte[] {0}, host));
    }

    private static byte[] ones(int count) {
        byte[] ones = new byte[count];
        Arrays.fill(ones, (byte) 1);
        return ones;
    }
}
