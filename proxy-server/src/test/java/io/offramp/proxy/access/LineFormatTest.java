package io.offramp.proxy.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class LineFormatTest {
    @Test
    void shouldReadNames() {
        assertThat(LineFormat.parse("text")).isEqualTo(LineFormat.TEXT);
        assertThat(LineFormat.parse("json")).isEqualTo(LineFormat.JSON);
    }

    @Test
    void shouldKnowEveryField() {
        for (AccessField field : AccessField.values()) {
            assertThat(LineFormat.parse("{" + field.label() + "}")
                            .parts()
                            .getFirst()
                            .field())
                    .isEqualTo(field);
        }
    }

    @Test
    void shouldNameTheKnownFieldsForAnUnknownOne() {
        assertRefused(
                "{peer} {statsu}",
                "unknown field {statsu}; known are time, date, id, listener, peer, method, target, host, status, in, "
                        + "out, ms, upstream, sni, version, cipher, resumed, client, fingerprint, txconf, rxconf, "
                        + "txwhy, rxwhy, abort, protocol, stream, uptxconf, uprxconf");
        assertRefused("{}", "unknown field {}; known are time, ");
        assertRefused("{Status}", "unknown field {Status}; known are ");
    }

    @Test
    void shouldSayWhereABraceIsMissing() {
        assertRefused("a {status", "a { without its } at character 3; write {{ for one");
        assertRefused("{status} b}", "a } without its { at character 11; write }} for one");
    }

    @Test
    void shouldRefuseWhatCouldEndALine() {
        assertRefused("{status}\n", "character 9 is not printable ASCII");
        assertRefused("\u00e9{status}", "character 1 is not printable ASCII");
    }

    @Test
    void shouldRefuseOtherNames() {
        assertRefused("xml", "expected text, json, or a template such as \"{peer} {status} {ms}\", is \"xml\"");
    }

    @Test
    void shouldRefuseATemplateWhoseLinesCouldBeTooLong() {
        assertRefused("{target}".repeat(60), "a line could have ");
        assertRefused("{id}" + "x".repeat(4000), "a line could have 4033 bytes, limit 3840: leave out fields or text");
        assertThat(LineFormat.parse("{target}".repeat(20)).parts()).hasSize(21);
    }

    private static void assertRefused(String text, String message) {
        assertThatThrownBy(() -> LineFormat.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }
}
