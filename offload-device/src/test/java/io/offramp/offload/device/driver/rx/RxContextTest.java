package io.offramp.offload.device.driver.rx;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.offload.DeclineReason;
import io.offramp.offload.InstallResult;
import io.offramp.offload.device.driver.DriverFixture;
import io.offramp.offload.device.driver.queue.PacketTemplate;
import io.offramp.offload.device.driver.session.DriverSettings;
import io.offramp.offload.device.hardware.context.AuthState;
import io.offramp.offload.device.hardware.context.TrackerState;
import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.ProtocolVersion;
import io.offramp.offload.tck.Protection;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

/** What an RX install programs, and when packets are led to it. */
class RxContextTest {
    @Test
    void shouldProgramKeyNumberAndStartBeforeTheRuleIsAdded() {
        ResyncFixture rx = new ResyncFixture(DriverSettings.DEFAULTS);

        assertThat(rx.tir().tracker()).isEqualTo(TrackerState.START);
        assertThat(rx.tir().auth()).isEqualTo(AuthState.NO_OFFLOAD);
        assertThat(rx.tir().nextTcpSequence()).isEqualTo(ResyncFixture.START);
        assertThat(rx.tir().recordNumber()).isEqualTo(3);
        assertThat(rx.tir().hasKey()).isTrue();
        assertThat(rx.driver.device.nic().steering().used()).isEqualTo(1);
        assertThat(rx.driver.counter("rx_tls_ctx")).isEqualTo(1);
        rx.close();
        assertThat(rx.driver.device.nic().steering().used()).isZero();
        assertThat(rx.driver.counter("rx_tls_del")).isEqualTo(1);
    }

    /** The rule waits for the completion of the params: without it there is none, and nothing is kept. */
    @Test
    void shouldAddNoRuleWhenTheParamsAreNotConfirmed() {
        try (DriverFixture driver = new DriverFixture(DriverSettings.DEFAULTS)) {
            driver.device.nic().setUp(false);

            InstallResult<RxContext> result = open(driver);

            assertThat(result)
                    .isInstanceOfSatisfying(
                            InstallResult.Declined.class,
                            declined -> assertThat(declined.reason()).isEqualTo(DeclineReason.UNAVAILABLE));
            assertThat(driver.device.nic().steering().used()).isZero();
        }
    }

    @Test
    void shouldSteerAMappedAddressAsTheIpv4ThatItIs() throws UnknownHostException {
        PacketTemplate mapped = new PacketTemplate(mapped("192.0.2.2", 5), mapped("192.0.2.1", 443));
        PacketTemplate plain =
                new PacketTemplate(new InetSocketAddress("192.0.2.2", 5), new InetSocketAddress("192.0.2.1", 443));

        assertThat(mapped.flow().isIpv6()).isFalse();
        assertThat(mapped.flow()).isEqualTo(plain.flow());
    }

    /** As a transport may give it; of a text, the JDK makes IPv4 by itself. */
    private static InetSocketAddress mapped(String ipv4, int port) throws UnknownHostException {
        byte[] address = new byte[16];
        address[10] = -1;
        address[11] = -1;
        System.arraycopy(InetAddress.getByName(ipv4).getAddress(), 0, address, 12, 4);
        return new InetSocketAddress(Inet6Address.getByAddress(null, address, 0), port);
    }

    private static InstallResult<RxContext> open(DriverFixture driver) {
        TrafficKeys keys = driver.keys(new Protection(ProtocolVersion.TLS_1_3, AeadSuite.AES_128_GCM), 0);
        PacketTemplate packets =
                new PacketTemplate(new InetSocketAddress("192.0.2.2", 5), new InetSocketAddress("192.0.2.1", 443));
        return RxContext.open(driver.place, packets.flow(), keys, 0);
    }
}
