package io.offramp.offload.device.driver.rx;

import static io.offramp.offload.tck.ReferenceRecords.concat;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.offramp.offload.aead.AeadEngine;
import io.offramp.offload.aead.choice.AeadEngines;
import io.offramp.offload.device.driver.rx.RecordAssembler.Work;
import io.offramp.offload.error.OffloadException;
import io.offramp.offload.error.RecordAuthenticationException;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.ContentType;
import io.offramp.offload.record.RecordFormat;
import io.offramp.offload.tck.Protection;
import io.offramp.offload.tck.ReferenceRecords;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Records of which the device decrypted all, nothing or some: kernel tls-offload, {@code tls_device_decrypted}. */
class RecordAssemblerTest {
    private static final long FIRST = 9;
    private static final int DECRYPTED = 0;
    private static final int ENCRYPTED = DecryptedRuns.ENCRYPTED;

    private static List<Protection> protections() {
        return Protection.all().stream()
                .filter(protection -> protection.suite().isGcm())
                .toList();
    }

    /** One stream of records, on the wire and as the device decrypts it, and the assembler that it is pushed into. */
    private static final class Stream implements RecordAssembler.Listener, AutoCloseable {
        private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
        private final Random random = new Random(4);
        private final AeadEngine engine = AeadEngines.best();
        private final TrafficKeys keys;
        private final ReferenceRecords peer;
        private final RecordAssembler records;
        private final List<Work> work = new ArrayList<>();
        private final List<OffloadException> faults = new ArrayList<>();
        private final ByteArrayOutputStream delivered = new ByteArrayOutputStream();
        private byte[] wire = new byte[0];
        private byte[] decrypted = new byte[0];
        private byte[] content = new byte[0];

        Stream(Protection protection) {
            byte[] key = new byte[protection.suite().keyBytes()];
            byte[] iv = new byte[TrafficKeys.ivBytes(protection.version(), protection.suite())];
            random.nextBytes(key);
            random.nextBytes(iv);
            keys = new TrafficKeys(protection.version(), protection.suite(), key, iv, FIRST);
            peer = new ReferenceRecords(keys);
            records = new RecordAssembler(allocator, engine, keys, 0, this);
        }

        int add(int bytes) {
            byte[] more = new byte[bytes];
            random.nextBytes(more);
            int at = wire.length;
            byte[] record = peer.seal(23, more);
            byte[] plain = record.clone();
            RecordFormat format = keys.format();
            System.arraycopy(more, 0, plain, format.prefixBytes(), bytes);
            if (format == RecordFormat.TLS_1_3) {
                plain[format.prefixBytes() + bytes] = 23;
            }
            wire = concat(wire, record);
            decrypted = concat(decrypted, plain);
            content = concat(content, more);
            return at;
        }

        /** Pushes bytes of the stream, as the device leaves them that has decrypted them or not. */
        void push(int from, int to, int mark) {
            ByteBuf segment = allocator.directBuffer(to - from + 3);
            segment.writeZero(3).writeBytes(mark == ENCRYPTED ? wire : decrypted, from, to - from);
            records.push(segment, 3, to - from, mark);
            segment.release();
        }

        void expect(String what, Work... expected) {
            assertThat(faults).as(what).isEmpty();
            assertThat(work).as(what).containsExactly(expected);
            assertThat(delivered.toByteArray()).as(what).isEqualTo(content);
        }

        @Override
        public void onRecord(long position, int recordBytes, long number, Work by, boolean hasMore) {
            assertThat(position).isEqualTo(records.position());
            assertThat(number).isEqualTo(FIRST + work.size());
            work.add(by);
        }

        @Override
        public void onContent(ContentType type, ByteBuf bytes) {
            assertThat(type).isEqualTo(ContentType.APPLICATION_DATA);
            delivered.writeBytes(ByteBufUtil.getBytes(bytes));
            bytes.release();
        }

        @Override
        public void onFault(OffloadException fault) {
            faults.add(fault);
            records.close();
        }

        @Override
        public void close() {
            records.close();
            assertThat(allocator.metric().usedDirectMemory()).isZero();
        }
    }

    /** With a tag that is none: nobody looks at it again. Framing, tag and type byte are stripped all the same. */
    @ParameterizedTest
    @MethodSource("protections")
    void shouldSkipTheCipherWhereTheDeviceHasDecryptedAllSegments(Protection protection) {
        try (Stream rx = new Stream(protection)) {
            int end = rx.add(100) + rx.wire.length;
            rx.decrypted[end - 1] ^= 1;
            rx.push(0, 30, DECRYPTED);
            rx.push(30, end, DECRYPTED);
            int second = rx.add(50);
            rx.decrypted[rx.wire.length - 1] ^= 1;
            rx.push(second, rx.wire.length, DECRYPTED);

            rx.expect("decrypted by the device", Work.DEVICE, Work.DEVICE);
        }
    }

    @ParameterizedTest
    @MethodSource("protections")
    void shouldOpenOnTheHostWhereTheDeviceHasDecryptedNothing(Protection protection) {
        try (Stream rx = new Stream(protection)) {
            rx.add(100);
            int second = rx.add(50);
            rx.push(0, second + 1, ENCRYPTED);
            rx.push(second + 1, rx.wire.length, ENCRYPTED);

            rx.expect("decrypted by the host", Work.HOST, Work.HOST);
        }
    }

    /** Wherever the decrypted part starts and ends: in the header, the nonce, the content or the tag. */
    @ParameterizedTest
    @MethodSource("protections")
    void shouldEncryptDecryptedPartsAgainAndAuthenticateTheWholeRecord(Protection protection) {
        int bytes = 70 + protection.format().overheadBytes();
        for (int from = 0; from < bytes; from += from < 16 ? 1 : 5) {
            for (int to = from + 1; to <= bytes; to += to > bytes - 18 ? 1 : 7) {
                if (from == 0 && to == bytes) {
                    continue;
                }
                try (Stream rx = new Stream(protection)) {
                    rx.add(70);
                    pushParts(rx, from, to);
                    rx.expect("decrypted from " + from + " to " + to, Work.MIXED);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("protections")
    void shouldPutManyPartsBack(Protection protection) {
        try (Stream rx = new Stream(protection)) {
            for (int record = 0; record < 20; record++) {
                int at = rx.add(rx.random.nextInt(2_000));
                int mark = DECRYPTED;
                int to;
                for (int from = at; from < rx.wire.length; from = to) {
                    to = Math.min(rx.wire.length, from + 1 + rx.random.nextInt(200));
                    rx.push(from, to, mark);
                    mark = rx.random.nextBoolean() ? DECRYPTED : ENCRYPTED;
                }
            }

            assertThat(rx.faults).isEmpty();
            assertThat(rx.delivered.toByteArray()).isEqualTo(rx.content);
            assertThat(rx.work).contains(Work.MIXED);
        }
    }

    @ParameterizedTest
    @MethodSource("protections")
    void shouldNotDeliverAMixedRecordThatIsForgedAndNothingBehindIt(Protection protection) {
        for (int forged : new int[] {20, 60, 99}) {
            try (Stream rx = new Stream(protection)) {
                rx.add(100);
                int good = rx.content.length;
                int second = rx.add(100);
                int third = rx.add(100);
                rx.wire[second + forged] ^= 1;
                rx.decrypted[second + forged] ^= 1;

                rx.push(0, second + 50, DECRYPTED);
                rx.push(second + 50, third, ENCRYPTED);
                rx.push(third, rx.wire.length, DECRYPTED);

                assertThat(rx.delivered.toByteArray()).isEqualTo(Arrays.copyOf(rx.content, good));
                assertThat(rx.faults).singleElement().isInstanceOf(RecordAuthenticationException.class);
            }
        }
    }

    /** Bytes that are handed on are the wire's, whatever the device has made of them. */
    @ParameterizedTest
    @MethodSource("protections")
    void shouldGiveAPartialRecordAwayAsItWasOnTheWire(Protection protection) {
        for (int held = 1; held < 100; held++) {
            try (Stream rx = new Stream(protection)) {
                rx.add(100);
                rx.push(0, held / 2, ENCRYPTED);
                rx.push(held / 2, held, DECRYPTED);

                ByteBuf partial = rx.records.takePartial();

                assertThat(ByteBufUtil.getBytes(partial)).as("%d bytes", held).isEqualTo(Arrays.copyOf(rx.wire, held));
                partial.release();
            }
        }
    }

    private static void pushParts(Stream rx, int from, int to) {
        if (from > 0) {
            rx.push(0, from, ENCRYPTED);
        }
        rx.push(from, to, DECRYPTED);
        if (to < rx.wire.length) {
            rx.push(to, rx.wire.length, ENCRYPTED);
        }
    }
}
