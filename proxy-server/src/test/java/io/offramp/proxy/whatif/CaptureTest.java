package io.offramp.proxy.whatif;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.offramp.offload.record.Direction;
import io.offramp.proxy.connection.SessionCsv;
import io.offramp.proxy.connection.SessionStats;
import java.io.BufferedReader;
import java.io.StringReader;
import java.util.List;
import org.junit.jupiter.api.Test;

class CaptureTest {
    private static final String LATER =
            "5000,2000,closed,web,1.3,aes-gcm-128,10,40960,2,300,sw,sw,configured,configured,0\n";
    private static final String EARLIER =
            "1000,0,open,web,1.2,aes-gcm-256,1,100,1,100,hw,sw,configured,device declined: down,0\n";

    @Test
    void shouldMakeTwoFlowsOfEachSessionInTheOrderOfTheirStart() throws Exception {
        // When
        List<Flow> flows = Flow.of(read(SessionCsv.HEADER + "\n" + LATER + "\n" + SessionCsv.HEADER + "\n" + EARLIER));

        // Then
        assertThat(flows)
                .extracting(Flow::direction)
                .containsExactly(Direction.TX, Direction.RX, Direction.TX, Direction.RX);
        assertThat(flows.getFirst().startNs()).isZero();
        assertThat(flows.getFirst().lifetimeNs()).as("at least a millisecond").isEqualTo(1_000_000);
        assertThat(flows.get(2).startNs()).isEqualTo(4_000_000_000L);
        assertThat(flows.get(2).meanRecordBytes()).isEqualTo(4_096);
        assertThat(TrafficClass.of(flows.get(2)))
                .isEqualTo(new TrafficClass(TrafficClass.Size.LARGE, TrafficClass.Lifetime.MEDIUM));
        assertThat(TrafficClass.of(flows.get(3)).sizeLabel()).isEqualTo("below 1 KiB");
    }

    @Test
    void shouldNameTheLineThatIsWrong() {
        assertRefused("", "x.csv:1: is empty; expected a capture: curl -s localhost:9090/sessions");
        assertRefused("<html>\n", "x.csv:1: not a capture of sessions: no column \"start_ms\" in its first line");
        assertRefused(
                SessionCsv.HEADER + "\n" + LATER + LATER.replace(",40960,", ",4O960,"),
                "x.csv:3: tx_bytes: expected a number from 0 on, is \"4O960\"");
    }

    private static void assertRefused(String text, String message) {
        assertThatThrownBy(() -> read(text))
                .isInstanceOf(CaptureException.class)
                .hasMessage(message);
    }

    private static List<SessionStats> read(String text) throws Exception {
        return Capture.read(new BufferedReader(new StringReader(text)), "x.csv");
    }
}
