package io.offramp.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ForwardedHopsTest {
    @Test
    void shouldKeepElementsAsTheyCame() {
        List<String> lines = List.of(
                "for=192.0.2.60;proto=http;by=203.0.113.43, For=\"[2001:db8:cafe::17]:4711\"",
                "for=_hidden, for=\"_SEVKISEK,\\\"x\" ;host=a,, for=unknown");

        assertThat(ForwardedHops.ofElements(lines))
                .containsExactly(
                        "for=192.0.2.60;proto=http;by=203.0.113.43",
                        "For=\"[2001:db8:cafe::17]:4711\"",
                        "for=_hidden",
                        "for=\"_SEVKISEK,\\\"x\" ;host=a",
                        "for=unknown");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "for",
                "for=",
                "for=a;for=b",
                "for=\"a",
                "for=\"a\\",
                "for=[2001:db8::1]",
                "for = a",
                "for=a b",
                "=a",
                "for=a\u00e9"
            })
    void shouldKeepNothingOfAMalformedLine(String line) {
        assertThat(ForwardedHops.ofElements(List.of("for=192.0.2.1", line))).isEmpty();
    }

    @Test
    void shouldKeepTheHopsOfAListBehindTheLastThatNoOneCanRead() {
        assertThat(ForwardedHops.ofList(List.of("192.0.2.1, <script>, 10.0.0.1:80", "\"[2001:db8::1]\",, unknown")))
                .containsExactly("10.0.0.1:80", "\"[2001:db8::1]\"", "unknown");
    }

    @Test
    void shouldLeaveTheHopsOutThatAreFurthestAway() {
        assertThat(ForwardedHops.join(List.of("a", "b", "c"), 2, "d")).isEqualTo("b, c, d");
        assertThat(ForwardedHops.join(List.of("a"), 0, "d")).isEqualTo("d");
        assertThat(ForwardedHops.join(null, 9, "d")).isEqualTo("d");
    }

    @Test
    void shouldQuoteWhatIsNoToken() {
        assertThat(ForwardedHops.element("192.0.2.1", "a.example", "https"))
                .isEqualTo("for=192.0.2.1;host=a.example;proto=https;by=_offramp");
        assertThat(ForwardedHops.element("2001:db8::1", "a:8443", "http"))
                .isEqualTo("for=\"[2001:db8::1]\";host=\"a:8443\";proto=http;by=_offramp");
        assertThat(ForwardedHops.element("192.0.2.1", null, "http")).isEqualTo("for=192.0.2.1;proto=http;by=_offramp");
    }

    @Test
    void shouldReadWhatItWrites() {
        String element = ForwardedHops.element("2001:db8::1", "a:8443", "http");

        assertThat(ForwardedHops.ofElements(List.of(element))).containsExactly(element);
    }
}
