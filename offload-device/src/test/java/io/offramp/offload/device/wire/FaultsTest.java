package io.offramp.offload.device.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FaultsTest {
    @Test
    void shouldReadEveryName() {
        Faults faults = Faults.parse("seed=7 loss=1% reorder=2% duplicate=3% corrupt=4% retransmit=5% resegment=6%"
                + " ack-lag=7% cqe-error=8% reroute=9% queue-full=10% delay=11% decline=12% down-after=13 mss=1400"
                + " sequence=4294967295");

        Map<Fault, Double> shares = new EnumMap<>(Fault.class);
        shares.put(Fault.LOSS, 0.01);
        shares.put(Fault.REORDER, 0.02);
        shares.put(Fault.DUPLICATE, 0.03);
        shares.put(Fault.CORRUPT, 0.04);
        shares.put(Fault.RETRANSMIT, 0.05);
        shares.put(Fault.RESEGMENT, 0.06);
        shares.put(Fault.ACK_LAG, 0.07);
        shares.put(Fault.CQE_ERROR, 0.08);
        shares.put(Fault.REROUTE, 0.09);
        shares.put(Fault.QUEUE_FULL, 0.1);
        shares.put(Fault.DELAY, 0.11);
        shares.put(Fault.DECLINE, 0.12);
        assertThat(faults).isEqualTo(new Faults(7, shares, 13, 1_400, -1));
    }

    @Test
    void shouldBeHarmlessWhereNothingIsSaid() {
        assertThat(Faults.parse(" "))
                .isEqualTo(Faults.NONE)
                .isEqualTo(new Faults(1, Map.of(), 0, Faults.DEFAULT_MSS, 0));
        assertThat(Fault.values()).allMatch(fault -> Faults.NONE.share(fault) == 0);
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
        assertThat(Faults.NAMES)
                .isEqualTo("seed, loss, reorder, duplicate, corrupt, retransmit, resegment, ack-lag, cqe-error,"
                        + " mtu-change, reroute, queue-full, delay, decline, move, resize, rq-error, down-after, mss,"
                        + " sequence");
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
