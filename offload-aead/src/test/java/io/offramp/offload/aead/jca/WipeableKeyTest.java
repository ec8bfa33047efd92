package io.offramp.offload.aead.jca;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WipeableKeyTest {
    @Test
    void shouldWipeTheArrayAndNeverPrintIt() {
        // Given
        byte[] bytes = {1, 2, 3};
        WipeableKey key = new WipeableKey("AES", bytes);
        assertThat(key.getEncoded()).containsExactly(1, 2, 3);

        // When
        key.destroy();

        // Then
        assertThat(key.isDestroyed()).isTrue();
        assertThat(bytes).containsOnly(0);
        assertThat(key.getEncoded()).containsOnly(0);
        assertThat(key).hasToString("AES key, redacted");
    }
}
