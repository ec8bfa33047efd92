package io.offramp.offload.key;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.offload.record.ProtocolVersion;
import io.offramp.offload.record.RecordFormat;
import org.junit.jupiter.api.Test;

class RecordFormatTest {
    @Test
    void shouldFollowVersionAndSuite() {
        assertThat(AeadSuite.AES_128_GCM.format(ProtocolVersion.TLS_1_2)).isEqualTo(RecordFormat.TLS_1_2_GCM);
        assertThat(AeadSuite.CHACHA20_POLY1305.format(ProtocolVersion.TLS_1_2))
                .isEqualTo(RecordFormat.TLS_1_2_CHACHA20);
        assertThat(AeadSuite.AES_256_GCM.format(ProtocolVersion.TLS_1_3)).isEqualTo(RecordFormat.TLS_1_3);
    }

    @Test
    void shouldCountOverheadPerRecord() {
        assertThat(RecordFormat.TLS_1_2_GCM.overheadBytes()).isEqualTo(5 + 8 + 16);
        assertThat(RecordFormat.TLS_1_2_CHACHA20.overheadBytes()).isEqualTo(5 + 16);
        assertThat(RecordFormat.TLS_1_3.overheadBytes()).isEqualTo(5 + 1 + 16);
        assertThat(RecordFormat.TLS_1_3.sealedBytes(0, 16384)).isEqualTo(22);
        assertThat(RecordFormat.TLS_1_3.sealedBytes(16384, 16384)).isEqualTo(16384 + 22);
        assertThat(RecordFormat.TLS_1_3.sealedBytes(16385, 16384)).isEqualTo(16385 + 44);
    }

    @Test
    void shouldLimitTheFragmentBeforeItIsBuffered() {
        assertThat(RecordFormat.TLS_1_3.maxFragmentBytes()).isEqualTo(16384 + 256);
        assertThat(RecordFormat.TLS_1_2_GCM.maxFragmentBytes()).isEqualTo(16384 + 24);
        assertThat(RecordFormat.TLS_1_2_CHACHA20.maxFragmentBytes()).isEqualTo(16384 + 16);
    }
}
