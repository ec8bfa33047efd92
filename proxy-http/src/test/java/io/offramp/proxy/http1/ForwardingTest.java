package io.offramp.proxy.http1;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.message.ClientFields;
import io.offramp.proxy.message.ConnectionOptions;
import io.offramp.proxy.message.Forwarding;
import io.offramp.proxy.message.Head;
import io.offramp.proxy.message.RequestHead;
import io.offramp.proxy.message.RequestTarget;
import io.offramp.proxy.net.Cidr;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Fields about clients and requests by choice of the listener. */
class ForwardingTest {
    private static final List<Cidr> PROXIES = List.of(Cidr.parse("10.0.0.0/8"));
    private static final String PROXY = "10.1.2.3";
    private static final String STRANGER = "192.0.2.7";
    private static final Forwarding BOTH = new Forwarding(true, true, 2, false, false);
    private static final Forwarding IDS = new Forwarding(true, false, 32, true, true);
    private static final String TRACE = "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    private static final String STATE = "tracestate: a=1";

    @Test
    void shouldAddItsHopToThoseOfATrustedProxy() {
        String[] lines = forwarded(PROXY, BOTH, "Forwarded: for=1, for=_x;proto=https\r\nForwarded: for=\"[::1]\"");

        assertThat(lines)
                .contains("Forwarded: for=_x;proto=https, for=\"[::1]\", "
                        + "for=10.1.2.3;host=\"a:1\";proto=http;by=_offramp")
                .contains("X-Forwarded-For: 10.1.2.3");
    }

    @ParameterizedTest
    @ValueSource(strings = {"for=1.2.3.4", "for=\"", "for=a;for=b"})
    void shouldBeTheFirstHopOfAStrangerAndOfAMalformedOne(String value) {
        assertThat(forwarded(STRANGER, BOTH, "Forwarded: " + value))
                .filteredOn(line -> line.startsWith("Forwarded"))
                .containsExactly("Forwarded: for=192.0.2.7;host=\"a:1\";proto=http;by=_offramp");
    }

    @Test
    void shouldDropAMalformedOneOfAProxy() {
        assertThat(forwarded(PROXY, BOTH, "Forwarded: for=1.2.3.4, for=\""))
                .contains("Forwarded: for=10.1.2.3;host=\"a:1\";proto=http;by=_offramp");
    }

    @Test
    void shouldNameNoMoreHopsThanConfigured() {
        assertThat(forwarded(PROXY, BOTH, "X-Forwarded-For: 1.1.1.1, 2.2.2.2\r\nX-Forwarded-For: 3.3.3.3"))
                .contains("X-Forwarded-For: 2.2.2.2, 3.3.3.3, 10.1.2.3");
    }

    @Test
    void shouldSendNothingOfTheFamilyThatIsOff() {
        Forwarding off = new Forwarding(false, false, 32, false, false);

        assertThat(forwarded(PROXY, off, "X-Forwarded-For: 1.1.1.1\r\nX-Forwarded-Proto: https\r\nX-Real-IP: 1.1.1.1"))
                .noneMatch(line -> line.startsWith("X-"));
    }

    @Test
    void shouldKeepIdentifiersOfATrustedProxy() {
        assertThat(forwarded(PROXY, IDS, "X-Request-Id: abc-1\r\n" + TRACE + "\r\n" + STATE))
                .contains("X-Request-Id: abc-1", TRACE, STATE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-Request-Id: a b",
                "X-Request-Id: a\r\nX-Request-Id: b",
                "traceparent: 00-00000000000000000000000000000000-00f067aa0ba902b7-01\r\n" + STATE,
                "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01\r\n" + STATE,
                "traceparent: ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n" + STATE,
                "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x\r\n" + STATE,
                "traceparent: 00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01\r\n" + STATE,
                TRACE + "\r\n" + TRACE + "\r\n" + STATE,
                "Connection: traceparent\r\n" + TRACE + "\r\n" + STATE
            })
    void shouldMakeIdentifiersWhereAProxyHasNone(String malformed) {
        assertMade(forwarded(PROXY, IDS, malformed));
    }

    @Test
    void shouldMakeIdentifiersForAStranger() {
        String[] lines =
                forwarded(STRANGER, IDS, "X-Request-Id: abc-1\r\nX_Request_Id: abc-1\r\n" + TRACE + "\r\n" + STATE);

        assertMade(lines);
        assertThat(lines).doesNotContain(TRACE).noneMatch(line -> line.endsWith("abc-1"));
    }

    private static void assertMade(String[] lines) {
        assertThat(lines)
                .filteredOn(line -> line.startsWith("X-Request-Id"))
                .singleElement()
                .asString()
                .matches("X-Request-Id: [0-9a-f]{32}");
        assertThat(lines)
                .filteredOn(line -> line.startsWith("trace"))
                .singleElement()
                .asString()
                .matches("traceparent: 00-[0-9a-f]{32}-[0-9a-f]{16}-00");
    }

    @Test
    void shouldLeaveIdentifiersAloneByDefault() {
        assertThat(forwarded(STRANGER, Forwarding.DEFAULTS, "X-Request-Id: a b\r\n" + TRACE + "\r\n" + STATE))
                .contains("X-Request-Id: a b", TRACE, STATE);
    }

    @Test
    void shouldGiveAllAttemptsOfARequestOneIdentifier() {
        RequestHead request = request("A: b");

        assertThat(sent(STRANGER, IDS, request)).isEqualTo(sent(STRANGER, IDS, request));
    }

    private static String[] forwarded(String from, Forwarding forwarding, String fields) {
        return sent(from, forwarding, request(fields));
    }

    private static RequestHead request(String fields) {
        MessageReader reader = MessageReader.ofRequests(1000, 1000);
        ByteBuf in = Unpooled.copiedBuffer(
                "GET / HTTP/1.1\r\nHost: a:1\r\n" + fields + "\r\n\r\n", StandardCharsets.ISO_8859_1);
        assertThat(reader.read(in)).isEqualTo(MessageReader.Step.HEAD);
        in.release();
        Head head = reader.takeHead();
        return new RequestHead(head, RequestTarget.of(head), ConnectionOptions.of(head.fields()), reader.framing());
    }

    private static String[] sent(String from, Forwarding forwarding, RequestHead request) {
        InetSocketAddress address = new InetSocketAddress(InetAddress.ofLiteral(from), 1);
        ClientFields client = ClientFields.of(new Connection(1, "test", address, address), PROXIES, forwarding);
        ByteBuf out = Unpooled.buffer();
        HeaderRules.writeRequest(request, client, "upstream:1", null, null, out);
        String text = out.toString(StandardCharsets.ISO_8859_1);
        out.release();
        return Arrays.stream(text.split("\r\n")).skip(1).toArray(String[]::new);
    }
}
