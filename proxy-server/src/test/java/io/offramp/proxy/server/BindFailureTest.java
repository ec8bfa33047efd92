package io.offramp.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.BindException;
import java.nio.channels.UnresolvedAddressException;
import org.junit.jupiter.api.Test;

class BindFailureTest {
    @Test
    void shouldSayTheReasonOfTheKernelAlone() {
        BindException taken = new BindException("bind(..) failed with error(-98): Address already in use");
        assertThat(BindFailure.reason(taken, 80)).isEqualTo("Address already in use");
    }

    @Test
    void shouldNameTheCapabilityWhenAPortIsPrivileged() {
        BindException denied = new BindException("bind(..) failed with error(-13): Permission denied");
        assertThat(BindFailure.reason(denied, 443))
                .isEqualTo("Permission denied: ports below 1024 need CAP_NET_BIND_SERVICE (in a systemd unit, "
                        + "AmbientCapabilities=CAP_NET_BIND_SERVICE)");
        assertThat(BindFailure.reason(denied, 8443)).isEqualTo("Permission denied");
    }

    @Test
    void shouldSayThatANameHasNoAddress() {
        assertThat(BindFailure.reason(new UnresolvedAddressException(), 443)).isEqualTo("the name has no address");
    }
}
