package io.offramp.offload.device.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FaultsTest {
    @Test
    void shouldReadEveryName() {
        Faults faults = Faults.parse("seed=7 loss=1% reorder=2% duplicate=3% corrupt=4% retransmit=5% resegment=6%"
                + " ack-lag=7% cqe-error=8% reroute=9% queue-full=10% delay=11% decline=12% down-after=13 mss=1400"
                + " sequence=4294967295");

        assertThat(faults)
                .isEqualTo(new Faults(
                        7, 0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.07, 0.08, 0.09, 0.1, 0.11, 0.12, 13, 1_400, -1));
    }

    @Test
    void shouldBeHarmlessWhereNothingIsSaid() {
        assertThat(Faults.parse(" "))
                .isEqualTo(Faults.NONE)
                .isEqualTo(new Faults(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, Faults.DEFAULT_MSS, 0));
    }

    @Test
    void shouldTakeCommasNumbersAndCapitals() {
        assertThat(Faults.parse("  Loss=0.5,\tMSS=64 ,reorder=50%"))
                .isEqualTo(Faults.parse("reorder=0.5 loss=50% mss=64"));
    }

    @Test
    void shouldListTheNamesThatItKnows() {
        for (String name : Faults.NAMES.split(", ")) {
            assertThat(Faults.parse(name + (name.equals("mss") ? "=64" : "=0")))
                    .as(name)
                    .isNotNull();
        }
        assertThat(Faults.NAMES.split(", ")).hasSameSizeAs(Faults.class.getRecordComponents());
        assertThat(Arrays.stream(Faults.class.getRecordComponents())
                        .map(component ->
                                component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT)))
                .containsExactly(Faults.NAMES.split(", "));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "loss              | expected name=value such as loss=1%, is loss",
                "loss=1% =3        | expected name=value such as loss=1%, is =3",
                "loss=51%          | loss must be a share such as 1% or 0.01, at most 50%, is 51%",
                "ack-lag=-1%       | ack-lag must be a share such as 1% or 0.01, at most 50%, is -1%",
                "cqe-error=NaN     | cqe-error must be a share such as 1% or 0.01, at most 50%, is NaN",
                "delay=%           | delay must be a share such as 1% or 0.01, at most 50%, is %",
                "reroute=often     | reroute must be a share such as 1% or 0.01, at most 50%, is often",
                "mss=63            | mss must be 64 to 9000, is 63",
                "mss=9001          | mss must be 64 to 9000, is 9001",
                "seed=-1           | seed must be 0 to 9223372036854775807, is -1",
                "down-after=2.5    | down-after must be 0 to 2147483647, is 2.5",
                "sequence=4294967296 | sequence must be 0 to 4294967295, is 4294967296",
            })
    void shouldSayWhichPartIsWrong(String text, String message) {
        assertThatThrownBy(() -> Faults.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void shouldSayWhichNameItDoesNotKnow() {
        assertThatThrownBy(() -> Faults.parse("seed=1 jitter=1%"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("unknown fault jitter, known are " + Faults.NAMES);
    }
}
