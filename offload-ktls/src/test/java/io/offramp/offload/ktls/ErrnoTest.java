package io.offramp.offload.ktls;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.offload.ktls.kernel.Errno;
import java.util.List;
import org.junit.jupiter.api.Test;

class ErrnoTest {
    @Test
    void shouldNameErrorsOfBothSigns() {
        assertThat(Errno.name(-105)).isEqualTo("ENOBUFS");
        assertThat(Errno.name(110)).isEqualTo("ETIMEDOUT");
        assertThat(Errno.name(-77)).isEqualTo("errno 77");
    }

    @Test
    void shouldTellALostConnectionFromAFault() {
        assertThat(List.of(32, 100, 101, 104, 110, 111, 113)).allMatch(Errno::isConnectionLost);
        assertThat(List.of(-32, -110, -113)).allMatch(Errno::isConnectionLost);
        assertThat(List.of(0, 4, 5, 9, 11, 12, 14, 22, 74, 90, 105, 127)).noneMatch(Errno::isConnectionLost);
    }
}
