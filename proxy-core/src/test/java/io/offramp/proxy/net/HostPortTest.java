package io.offramp.proxy.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

/** The order of a name's addresses. */
class HostPortTest {
    @Test
    void shouldTakeTheFamiliesInTurnFromTheFirstOne() throws Exception {
        assertThat(HostPort.inTurn(addresses("::1", "::2", "::3", "127.0.0.1"), 80))
                .extracting(address -> address.getAddress().getHostAddress())
                .containsExactly("0:0:0:0:0:0:0:1", "127.0.0.1", "0:0:0:0:0:0:0:2", "0:0:0:0:0:0:0:3");
        assertThat(HostPort.inTurn(addresses("127.0.0.1", "127.0.0.2"), 80)).hasSize(2);
    }

    @Test
    void shouldLeaveANameUnresolvedThatIsNotKnown() {
        assertThat(new HostPort("no-such-name.invalid", 80).resolveAll())
                .singleElement()
                .matches(address -> address.isUnresolved());
    }

    private static InetAddress[] addresses(String... literals) throws UnknownHostException {
        InetAddress[] all = new InetAddress[literals.length];
        for (int i = 0; i < literals.length; i++) {
            all[i] = InetAddress.getByName(literals[i]);
        }
        return all;
    }
}
