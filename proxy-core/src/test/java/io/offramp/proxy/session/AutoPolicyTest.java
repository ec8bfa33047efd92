package io.offramp.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AutoPolicyTest {
    private final AutoPolicy policy = new AutoPolicy(1 << 20, 4 << 10);

    @Test
    void shouldPromoteALongSessionOfLargeRecords() {
        assertThat(policy.promotes(64, 1 << 20)).isTrue();
        assertThat(policy.promoted(64, 1 << 20)).isEqualTo("auto: 1.0 MiB in 64 records");
    }

    @Test
    void shouldLeaveAShortSessionInSoftware() {
        assertThat(policy.promotes(63, (1 << 20) - 1)).isFalse();
        assertThat(policy.waiting()).isEqualTo("auto: below 1.0 MiB in records of 4 KiB");
    }

    @Test
    void shouldLeaveSmallRecordsInSoftwareHoweverMany() {
        assertThat(policy.promotes(10_000, 10_000L * 1024)).isFalse();
    }
}
