package io.offramp.offload.device.hardware.steering;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.offramp.offload.device.hardware.context.ContextTable;
import io.offramp.offload.device.hardware.firmware.Firmware;
import io.offramp.offload.device.hardware.packet.FlowKey;
import io.offramp.offload.device.hardware.packet.HeaderWriter;
import io.offramp.offload.device.hardware.packet.PacketHeader;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

class SteeringTest {
    private final Steering steering = new Steering(2, Firmware.instant());

    @Test
    void shouldLeadAFlowToItsTirAndAllOthersToTheDefault() {
        assertThat(add(flow("192.0.2.1", 1), 5)).isTrue();

        assertThat(lookup(flow("192.0.2.1", 1))).isEqualTo(5);
        assertThat(lookup(flow("192.0.2.1", 2))).isEqualTo(ContextTable.NONE);
        assertThat(lookup(flow("2001:db8::1", 1))).isEqualTo(ContextTable.NONE);
    }

    @Test
    void shouldHaveRoomPerIpVersion() {
        assertThat(add(flow("192.0.2.1", 1), 1)).isTrue();
        assertThat(add(flow("192.0.2.1", 2), 2)).isTrue();
        assertThat(add(flow("192.0.2.1", 3), 3)).isFalse();
        assertThat(add(flow("2001:db8::1", 1), 4)).isTrue();
        assertThat(steering.used()).isEqualTo(3);

        delete(flow("192.0.2.1", 2), 2);
        assertThat(add(flow("192.0.2.1", 3), 3)).isTrue();
    }

    @Test
    void shouldFollowTheNewerRuleWhenAFlowComesAgain() {
        add(flow("192.0.2.1", 1), 1);
        add(flow("192.0.2.1", 1), 2);
        assertThat(lookup(flow("192.0.2.1", 1))).isEqualTo(2);
        assertThat(steering.used()).isEqualTo(1);

        delete(flow("192.0.2.1", 1), 1);
        assertThat(lookup(flow("192.0.2.1", 1))).isEqualTo(2);
        delete(flow("192.0.2.1", 1), 2);
        assertThat(lookup(flow("192.0.2.1", 1))).isEqualTo(ContextTable.NONE);
        assertThat(steering.used()).isZero();
    }

    @Test
    void shouldLeadAFlowOfAFullGroupElsewhere() {
        add(flow("192.0.2.1", 1), 1);
        add(flow("192.0.2.1", 2), 2);

        assertThat(add(flow("192.0.2.1", 1), 3)).isTrue();

        assertThat(lookup(flow("192.0.2.1", 1))).isEqualTo(3);
        assertThat(steering.used()).isEqualTo(2);
    }

    private boolean add(FlowKey flow, int tir) {
        return steering.tableOf(flow).group(Priority.TLS).add(flow, tir);
    }

    private void delete(FlowKey flow, int tir) {
        steering.tableOf(flow).group(Priority.TLS).delete(flow, tir);
    }

    private int lookup(FlowKey flow) {
        return steering.tableOf(flow).lookup(flow);
    }

    private static FlowKey flow(String address, int port) {
        ByteBuf header = Unpooled.buffer(PacketHeader.IPV6_BYTES);
        HeaderWriter.write(header, new InetSocketAddress(address, port), new InetSocketAddress(address, 443));
        return new FlowKey().read(header, 0);
    }
}
