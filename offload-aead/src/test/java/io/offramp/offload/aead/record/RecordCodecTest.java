package io.offramp.offload.aead.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.offramp.offload.error.KeyLimitException;
import io.offramp.offload.error.RecordAuthenticationException;
import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.ContentType;
import io.offramp.offload.record.ProtocolVersion;
import io.offramp.offload.record.RecordFormat;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RecordCodecTest {
    private final PlainEngine engine = new PlainEngine();
    private final List<ByteBuf> buffers = new ArrayList<>();

    @AfterEach
    void releaseBuffers() {
        buffers.forEach(ByteBuf::release);
        assertThat(engine.openKeys).isZero();
    }

    static Stream<Arguments> formats() {
        return Stream.of(ProtocolVersion.values())
                .flatMap(version -> Stream.of(AeadSuite.values()).map(suite -> Arguments.of(version, suite)));
    }

    @ParameterizedTest
    @MethodSource("formats")
    void shouldOpenWhatItSealedWhenCutIntoRecords(ProtocolVersion version, AeadSuite suite) {
        TrafficKeys keys = keys(version, suite, 7);
        byte[] content = content(250);
        ByteBuf wire = buffer(keys.format().sealedBytes(250, 100));
        ByteBuf opened = buffer(250);

        try (RecordSealer sealer = new RecordSealer(engine, keys);
                RecordOpener opener = new RecordOpener(engine, keys)) {
            assertThat(sealer.seal(ContentType.HANDSHAKE, bytes(content), 100, wire))
                    .isEqualTo(3);
            assertThat(sealer.nextSequence()).isEqualTo(10);
            assertThat(wire.writableBytes()).isZero();

            for (int index = 0; index < wire.writerIndex(); ) {
                int recordBytes = RecordHeader.check(keys.format(), wire, index);
                assertThat(opener.open(wire, index)).isEqualTo(ContentType.HANDSHAKE);
                opened.writeBytes(wire, index + keys.format().prefixBytes(), opener.contentBytes());
                index += recordBytes;
            }
            assertThat(opener.nextSequence()).isEqualTo(10);
        }
        assertThat(ByteBufUtil.getBytes(opened)).isEqualTo(content);
    }

    @ParameterizedTest
    @MethodSource("formats")
    void shouldMakeTheSameRecordAgainWhenResealed(ProtocolVersion version, AeadSuite suite) {
        TrafficKeys keys = keys(version, suite, 3);
        ByteBuf wire = buffer(keys.format().sealedBytes(50, 50));
        ByteBuf again = buffer(keys.format().sealedBytes(50, 50));

        try (RecordSealer sealer = new RecordSealer(engine, keys)) {
            ByteBuf content = bytes(content(50));
            sealer.seal(ContentType.APPLICATION_DATA, content, 50, wire);
            int wireBytes = sealer.reseal(3, ContentType.APPLICATION_DATA, content, 0, 50, again, 0);

            assertThat(wireBytes).isEqualTo(wire.readableBytes());
            assertThat(sealer.nextSequence()).isEqualTo(4);
        }
        assertThat(again.writerIndex(again.capacity())).isEqualTo(wire);
    }

    @ParameterizedTest
    @MethodSource("formats")
    void shouldNotAdvanceWhenARecordDoesNotAuthenticate(ProtocolVersion version, AeadSuite suite) {
        TrafficKeys keys = keys(version, suite, 0);
        ByteBuf wire = buffer(keys.format().sealedBytes(20, 20));

        try (RecordSealer sealer = new RecordSealer(engine, keys);
                RecordOpener opener = new RecordOpener(engine, keys)) {
            sealer.seal(ContentType.APPLICATION_DATA, bytes(content(20)), 20, wire);
            wire.setByte(keys.format().prefixBytes(), wire.getByte(keys.format().prefixBytes()) ^ 1);

            assertThatThrownBy(() -> opener.open(wire, 0)).isInstanceOf(RecordAuthenticationException.class);
            assertThat(opener.nextSequence()).isZero();
        }
    }

    @Test
    void shouldAcceptWhatSomeoneElseDecrypted() {
        TrafficKeys keys = keys(ProtocolVersion.TLS_1_3, AeadSuite.AES_128_GCM, 5);
        byte[] inner = {'h', 'i', 0, 0, (byte) ContentType.ALERT.code(), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
        ByteBuf wire = buffer(RecordFormat.HEADER_BYTES + inner.length + AeadSuite.TAG_BYTES);
        RecordHeader.write(wire, 0, 23, inner.length + AeadSuite.TAG_BYTES);
        wire.setBytes(RecordFormat.HEADER_BYTES, inner);

        try (RecordOpener opener = new RecordOpener(engine, keys)) {
            assertThat(opener.accept(wire, 0)).isEqualTo(ContentType.ALERT);
            assertThat(opener.contentBytes()).isEqualTo(4);
            assertThat(opener.nextSequence()).isEqualTo(6);
        }
    }

    @Test
    void shouldWriteNothingWhenTheKeyLimitIsReached() {
        long limit = AeadSuite.AES_128_GCM.recordLimit();
        TrafficKeys keys = keys(ProtocolVersion.TLS_1_3, AeadSuite.AES_128_GCM, limit - 2);
        ByteBuf wire = buffer(keys.format().sealedBytes(30, 10));
        ByteBuf content = bytes(content(30));

        try (RecordSealer sealer = new RecordSealer(engine, keys)) {
            assertThat(sealer.recordsLeft()).isEqualTo(2);
            assertThatThrownBy(() -> sealer.seal(ContentType.APPLICATION_DATA, content, 10, wire))
                    .isInstanceOf(KeyLimitException.class);
            assertThat(wire.writerIndex()).isZero();
            assertThat(content.readableBytes()).isEqualTo(30);

            sealer.seal(ContentType.APPLICATION_DATA, content, 15, wire);
            assertThat(sealer.recordsLeft()).isZero();
        }
    }

    @Test
    void shouldHaveNoRecordsLeftWhenTheSequenceIsOverTheSignBit() {
        try (RecordSealer sealer =
                new RecordSealer(engine, keys(ProtocolVersion.TLS_1_3, AeadSuite.CHACHA20_POLY1305, -5))) {
            assertThat(sealer.recordsLeft()).isZero();
        }
    }

    @Test
    void shouldNotLetTheSequenceWrapWhenOpening() {
        TrafficKeys keys = keys(ProtocolVersion.TLS_1_3, AeadSuite.AES_128_GCM, -1);
        ByteBuf wire = buffer(64);

        try (RecordOpener opener = new RecordOpener(engine, keys)) {
            assertThatThrownBy(() -> opener.open(wire, 0)).isInstanceOf(KeyLimitException.class);
            assertThatThrownBy(() -> opener.accept(wire, 0)).isInstanceOf(KeyLimitException.class);
        }
    }

    /** RFC 8448 §3: the client's application data record, and the alert behind it. */
    @Test
    void shouldSealTheClientRecordsOfRfc8448Section3() {
        TrafficKeys keys = new TrafficKeys(
                ProtocolVersion.TLS_1_3,
                AeadSuite.AES_128_GCM,
                hex("17422dda596ed5d9acd890e3c63f5051"),
                hex("5b78923dee08579033e523d9"),
                0);
        ByteBuf wire = buffer(72 + 24);

        try (RecordSealer sealer = new RecordSealer(engine, keys)) {
            sealer.seal(ContentType.APPLICATION_DATA, bytes(content(50)), 16384, wire);
            sealer.seal(ContentType.ALERT, bytes(hex("0100")), 16384, wire);
        }

        assertThat(ByteBufUtil.hexDump(wire))
                .isEqualTo("1703030043a23f7054b62c94d0affafe8228ba55cbefacea42f914aa66bcab3f2b9819a8a5b46b395bd54a9a20"
                        + "441e2b62974e1f5a6292a2977014bd1e3deae63aeebb21694915e4"
                        + "1703030013c9872760655666b74d7ff1153efd6db6d0b0e3");
    }

    private static TrafficKeys keys(ProtocolVersion version, AeadSuite suite, long sequence) {
        return new TrafficKeys(
                version, suite, content(suite.keyBytes()), content(TrafficKeys.ivBytes(version, suite)), sequence);
    }

    private static byte[] content(int bytes) {
        byte[] content = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            content[i] = (byte) i;
        }
        return content;
    }

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits);
    }

    private ByteBuf buffer(int bytes) {
        ByteBuf buffer = Unpooled.directBuffer(bytes, bytes);
        buffers.add(buffer);
        return buffer;
    }

    private ByteBuf bytes(byte[] content) {
        return buffer(content.length).writeBytes(content);
    }
}
