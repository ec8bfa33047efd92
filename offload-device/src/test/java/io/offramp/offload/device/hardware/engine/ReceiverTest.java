package io.offramp.offload.device.hardware.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.offramp.offload.aead.jca.JcaEngine;
import io.offramp.offload.device.hardware.Nic;
import io.offramp.offload.device.hardware.NicLimits;
import io.offramp.offload.device.hardware.packet.FlowKey;
import io.offramp.offload.device.hardware.packet.HeaderWriter;
import io.offramp.offload.device.hardware.packet.PacketHeader;
import io.offramp.offload.device.hardware.queue.CompletionQueue;
import io.offramp.offload.device.hardware.queue.DataSegment;
import io.offramp.offload.device.hardware.queue.ReceiveQueue;
import io.offramp.offload.device.hardware.steering.Priority;
import io.offramp.offload.device.hardware.steering.Rqt;
import io.offramp.offload.device.hardware.steering.Toeplitz;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which RQ a packet goes to. */
class ReceiverTest {
    private static final int QUEUES = 4;
    private static final InetSocketAddress LOCAL = new InetSocketAddress("192.0.2.1", 443);

    private final Nic nic = new Nic(new NicLimits(4, 4, 100), new JcaEngine());
    private final QueueSet queues = nic.createQueues(QUEUES);
    private final ByteBuf header = Unpooled.buffer(PacketHeader.IPV6_BYTES);
    private final ByteBuf payload = Unpooled.directBuffer().writeZero(10);
    private final ByteBuf host = Unpooled.directBuffer(10, 10).writeZero(10);
    private final int hostKey = queues.regions().map(host);
    private int posted;

    ReceiverTest() {
        queues.hasChecksums(false);
    }

    @AfterEach
    void close() {
        queues.close();
        nic.close();
        payload.release();
        host.release();
    }

    @Test
    void shouldSpreadFlowsWithoutARuleByTheirHash() {
        List<Integer> chosen = new ArrayList<>();
        for (int port = 1; port <= 50; port++) {
            FlowKey flow = flow(port);
            int expected = (Toeplitz.DEFAULT.hash(flow) & Rqt.ENTRIES - 1) % QUEUES;
            assertThat(receive()).as("port %d", port).isEqualTo(expected);
            assertThat(receive()).as("the same again").isEqualTo(expected);
            chosen.add(expected);
        }
        assertThat(chosen).contains(0, 1, 2, 3);
    }

    @Test
    void shouldFollowTheRuleOfTheHighestPriority() {
        FlowKey flow = flow(1);
        var table = nic.steering().tableOf(flow);
        int tir = nic.tirs().create(queues.receive().number(2));
        int direct = queues.plainTirs().direct(3);
        table.group(Priority.ARFS).add(flow, direct);
        assertThat(receive()).as("its direct TIR").isEqualTo(3);

        table.group(Priority.TLS).add(flow, tir);
        assertThat(receive()).as("its TLS TIR").isEqualTo(2);

        nic.tirs().modify(tir, queues.receive().number(1));
        assertThat(receive()).as("the TIR's new RQ").isEqualTo(1);

        table.group(Priority.TLS).delete(flow, tir);
        assertThat(receive()).as("its direct TIR again").isEqualTo(3);
        table.group(Priority.ARFS).delete(flow, direct);
        nic.tirs().destroy(tir);
    }

    @Test
    void shouldSpreadFlowsOverMoreOrFewerQueues() {
        queues.resize(1);
        for (int port = 1; port <= 20; port++) {
            flow(port);
            assertThat(receive()).isZero();
        }

        queues.resize(8);
        List<Integer> chosen = new ArrayList<>();
        for (int port = 1; port <= 100; port++) {
            flow(port);
            chosen.add(receive());
        }
        assertThat(chosen).contains(0, 1, 2, 3, 4, 5, 6, 7);
    }

    @Test
    void shouldSpreadFlowsWhoseRuleNamesAQueueThatIsGone() {
        List<Integer> chosen = new ArrayList<>();
        for (int port = 1; port <= 20; port++) {
            FlowKey flow = flow(port);
            nic.steering()
                    .tableOf(flow)
                    .group(Priority.ARFS)
                    .add(flow, queues.plainTirs().direct(3));
        }
        queues.resize(2);

        for (int port = 1; port <= 20; port++) {
            flow(port);
            chosen.add(receive());
        }

        assertThat(chosen).containsOnly(0, 1);
    }

    @Test
    void shouldLeadWhatIsNoTcpToTheFirstQueue() {
        flow(1);
        header.setByte(12, 0);

        assertThat(receive()).isZero();
    }

    private FlowKey flow(int port) {
        HeaderWriter.write(header, new InetSocketAddress("198.51.100.7", port), LOCAL);
        return new FlowKey().read(header, 0);
    }

    /** Place of the RQ in whose CQ the packet is reported. */
    private int receive() {
        DataSegment.write(
                queues.receive().memory().memory(), queues.receive().memory().offset(posted), 10, hostKey, 0);
        queues.ringReceive(++posted);
        assertThat(queues.receive(header, PacketHeader.IPV4_BYTES, payload, 0, 10))
                .isTrue();
        int found = -1;
        List<ReceiveQueue> all = queues.receive().all();
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).completions().poll() != CompletionQueue.EMPTY) {
                assertThat(found).as("one completion").isNegative();
                found = i;
            }
        }
        return found;
    }
}
