package io.offramp.proxy.message;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HeadWriterTest {
    @Test
    void shouldKeepAFieldOfARuleOneSoThatNoConnectionFieldRemovesIt() {
        // Given
        FieldEdits edits = new FieldEdits();
        edits.set("Strict-Transport-Security", "max-age=1");
        Head ruled = HeadWriter.answer(200, "OK")
                .field("Connection", "strict-transport-security, x-own")
                .field("X-Own", "1")
                .complete()
                .with(edits);

        // When
        HeadWriter written = HeadWriter.answer(200, "OK");
        for (int i = 0; i < ruled.fields().size(); i++) {
            written.copy(ruled.fields(), i);
        }
        Fields copy = written.complete().fields();

        // Then
        ConnectionOptions options = ConnectionOptions.of(copy);
        int rule = copy.indexOf("strict-transport-security".getBytes(US_ASCII));
        int own = copy.indexOf("x-own".getBytes(US_ASCII));
        assertThat(copy.value(rule)).isEqualTo("max-age=1");
        assertThat(FieldRules.passes(copy, options, rule, false)).isTrue();
        assertThat(FieldRules.passes(copy, options, own, false)).isFalse();
    }
}
