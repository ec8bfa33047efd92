package io.offramp.offload.device.driver.tx;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.offramp.offload.aead.record.RecordSealer;
import io.offramp.offload.tck.Protection;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A packet that leaves through another device is encrypted on the host, as the device would have: kernel tls-offload.
 */
class SoftwareSegmentTest {
    private static List<Protection> protections() {
        return Protection.all().stream()
                .filter(protection -> protection.suite().isGcm())
                .toList();
    }

    @ParameterizedTest
    @MethodSource("protections")
    void shouldMakeTheBytesThatTheDeviceSendsForPartsOfOneRecordAndOfSeveral(Protection protection) {
        Random random = new Random(5);
        try (XmitFixture tx = new XmitFixture(protection);
                RecordSealer sealer = new RecordSealer(tx.driver.engine, tx.keys)) {
            SoftwareSegment software = new SoftwareSegment(tx.records, sealer, tx.driver.allocator);
            for (int i = 0; i < 30; i++) {
                tx.add(random.nextInt(200));
            }
            tx.add(5_000);
            for (int i = 0; i < 150; i++) {
                int from = random.nextInt(tx.bytes());
                int bytes = 1 + random.nextInt(Math.min(XmitFixture.MSS, tx.bytes() - from));
                bytes = tx.xmit.mostBytes(XmitFixture.START + from, bytes);

                byte[] packet = encrypt(software, from, bytes);
                tx.send(from, bytes);

                assertThat(packet).as("%d bytes from %d", bytes, from).isEqualTo(tx.wire(from, bytes));
                assertThat(tx.left.getFirst().payload()).isEqualTo(packet);
                tx.left.clear();
            }
            assertThat(sealer.nextSequence()).as("no record of its own is made").isEqualTo(XmitFixture.FIRST);
        }
    }

    @ParameterizedTest
    @MethodSource("protections")
    void shouldMakeEveryPartOfARecordItsTagIncluded(Protection protection) {
        try (XmitFixture tx = new XmitFixture(protection);
                RecordSealer sealer = new RecordSealer(tx.driver.engine, tx.keys)) {
            SoftwareSegment software = new SoftwareSegment(tx.records, sealer, tx.driver.allocator);
            tx.add(20);
            tx.add(0);
            for (int from = 0; from < tx.bytes(); from++) {
                assertThat(encrypt(software, from, tx.bytes() - from)).isEqualTo(tx.wire(from, tx.bytes() - from));
                assertThat(encrypt(software, 0, from + 1)).isEqualTo(tx.wire(0, from + 1));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("protections")
    void shouldDropWhatStraddlesTheStartMarkerAndWhatHasNoRecord(Protection protection) {
        try (XmitFixture tx = new XmitFixture(protection);
                RecordSealer sealer = new RecordSealer(tx.driver.engine, tx.keys)) {
            SoftwareSegment software = new SoftwareSegment(tx.records, sealer, tx.driver.allocator);
            tx.add(100);
            tx.add(100);
            int record = tx.bytes() / 2;

            assertThat(encrypt(software, -1, 50))
                    .as("on both sides of the marker")
                    .isNull();
            assertThat(encrypt(software, tx.bytes() - 10, 11))
                    .as("longer than what there is")
                    .isNull();
            assertThat(encrypt(software, tx.bytes(), 1)).as("not there yet").isNull();
            tx.records.onAck(XmitFixture.START + record);
            assertThat(encrypt(software, record - 1, 10)).as("acknowledged").isNull();
            assertThat(encrypt(software, record, record)).isEqualTo(tx.wire(record, record));
        }
    }

    private static byte @Nullable [] encrypt(SoftwareSegment software, int offset, int bytes) {
        ByteBuf packet = software.encrypt(XmitFixture.START + offset, bytes);
        if (packet == null) {
            return null;
        }
        byte[] copy = ByteBufUtil.getBytes(packet);
        packet.release();
        return copy;
    }
}
