package io.offramp.offload.device.hardware.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

class LayoutTest {
    private final ByteBuf bytes = Unpooled.buffer(256).setZero(0, 256);

    @Test
    void shouldLayOutTheControlSegmentAsDocumented() {
        ControlSegment.write(
                bytes, 16, Opcode.UMR, Opcode.MODIFIER_TIR, 0xabcdef, 0x112233, 12, ControlSegment.FENCE, 0x445566);

        assertThat(ByteBufUtil.hexDump(bytes, 16, ControlSegment.BYTES))
                .isEqualTo("02cdef25" + "1122330c" + "00000020" + "44556600");
    }

    @Test
    void shouldReadBackTheControlSegment() {
        ControlSegment.write(
                bytes,
                0,
                Opcode.SET_PSV,
                Opcode.MODIFIER_TIS,
                0xffff,
                0xff_ffff,
                ControlSegment.MAX_OCTOWORDS,
                ControlSegment.CQ_UPDATE,
                0xff_ffff);

        assertThat(ControlSegment.opcode(bytes, 0)).isEqualTo(Opcode.SET_PSV);
        assertThat(ControlSegment.modifier(bytes, 0)).isEqualTo(Opcode.MODIFIER_TIS);
        assertThat(ControlSegment.wqeIndex(bytes, 0)).isEqualTo(0xffff);
        assertThat(ControlSegment.queueNumber(bytes, 0)).isEqualTo(0xff_ffff);
        assertThat(ControlSegment.octowords(bytes, 0)).isEqualTo(ControlSegment.MAX_OCTOWORDS);
        assertThat(ControlSegment.tisTir(bytes, 0)).isEqualTo(0xff_ffff);
        assertThat(ControlSegment.wantsCompletion(bytes, 0)).isTrue();
        assertThat(ControlSegment.isFenced(bytes, 0)).isFalse();
    }

    @Test
    void shouldLayOutTheEthernetSegmentAsDocumented() {
        ByteBuf header = Unpooled.wrappedBuffer(new byte[] {1, 2, 3, 4, 5});

        EthernetSegment.write(bytes, 16, 1448, header, 5);

        assertThat(ByteBufUtil.hexDump(bytes, 16, 32))
                .isEqualTo("00".repeat(6) + "05a8" + "00".repeat(4) + "00050102" + "030405" + "00".repeat(13));
        assertThat(EthernetSegment.mss(bytes, 16)).isEqualTo(1448);
        assertThat(EthernetSegment.headerBytes(bytes, 16)).isEqualTo(5);
        assertThat(EthernetSegment.octowords(2)).isEqualTo(1);
        assertThat(EthernetSegment.octowords(3)).isEqualTo(2);
    }

    @Test
    void shouldLayOutDataSegmentsAsDocumented() {
        DataSegment.write(bytes, 0, 0x0102_0304, 0x0506_0708, 0x090a_0b0c_0d0e_0f10L);
        assertThat(ByteBufUtil.hexDump(bytes, 0, 16)).isEqualTo("01020304" + "05060708" + "090a0b0c0d0e0f10");
        assertThat(DataSegment.isInline(bytes, 0)).isFalse();
        assertThat(DataSegment.byteCount(bytes, 0)).isEqualTo(0x0102_0304);
        assertThat(DataSegment.lkey(bytes, 0)).isEqualTo(0x0506_0708);
        assertThat(DataSegment.address(bytes, 0)).isEqualTo(0x090a_0b0c_0d0e_0f10L);

        DataSegment.writeInline(bytes, 0, 13);
        assertThat(bytes.getInt(0)).isEqualTo(0x8000_000d);
        assertThat(DataSegment.isInline(bytes, 0)).isTrue();
        assertThat(DataSegment.byteCount(bytes, 0)).isEqualTo(13);
        assertThat(DataSegment.inlineSegmentBytes(12)).isEqualTo(16);
        assertThat(DataSegment.inlineSegmentBytes(13)).isEqualTo(32);
    }

    @Test
    void shouldLayOutTheParamsWqesAsDocumented() {
        bytes.setByte(128, 0x55);
        ParamsWqe.writeUmr(bytes, 0);
        assertThat((int) bytes.getUnsignedByte(16)).isEqualTo(0x80);
        assertThat(bytes.getUnsignedShort(22)).isEqualTo(4);
        assertThat((int) bytes.getUnsignedByte(128)).isEqualTo(0x55);
        assertThat(ParamsWqe.hasStaticParams(bytes, 0)).isTrue();
        assertThat(ParamsWqe.STATIC_OCTOWORDS * 16)
                .isEqualTo(192)
                .isEqualTo(ParamsWqe.STATIC_BLOCKS * WorkQueue.BLOCK_BYTES);

        ParamsWqe.writeProgressContext(bytes, 0, 0x010203);
        assertThat(bytes.getInt(16)).isEqualTo(0x010203);
        assertThat(ParamsWqe.progressContext(bytes, 0)).isEqualTo(0x010203);
    }

    @Test
    void shouldLayOutGetPsvAsDocumented() {
        bytes.setInt(0, 0x7777_7777);
        PsvWqe.write(bytes, 0, 0x010203, 0x0405, 0x0607_0809_0a0bL);

        assertThat(bytes.getInt(0)).as("the control segment is written apart").isEqualTo(0x7777_7777);
        assertThat(ByteBufUtil.hexDump(bytes, 16, 48))
                .isEqualTo(
                        "00".repeat(19) + "10" + "00000405" + "00000607" + "08090a0b" + "00010203" + "00".repeat(12));
        assertThat(PsvWqe.isValid(bytes, 0)).isTrue();
        assertThat(PsvWqe.context(bytes, 0)).isEqualTo(0x010203);
        assertThat(PsvWqe.lkey(bytes, 0)).isEqualTo(0x0405);
        assertThat(PsvWqe.address(bytes, 0)).isEqualTo(0x0607_0809_0a0bL);
    }

    @Test
    void shouldLayOutTheCqeAsDocumented() {
        Cqe.write(
                bytes, 64, Cqe.REQUEST_ERROR, 1, 0xabcd, 0x0102_0304, true, 7, TlsOffload.ERROR.ordinal(), 0x05, 0x07);

        assertThat((int) bytes.getUnsignedByte(64)).isEqualTo(3 << 3);
        assertThat((int) bytes.getUnsignedByte(64 + 28)).isEqualTo(1 << 2);
        assertThat((int) bytes.getUnsignedByte(64 + 32)).isEqualTo(7);
        assertThat(bytes.getInt(64 + 44)).isEqualTo(0x0102_0304);
        assertThat(ByteBufUtil.hexDump(bytes, 64 + 54, 2)).isEqualTo("0705");
        assertThat(ByteBufUtil.hexDump(bytes, 64 + 60, 4)).isEqualTo("abcd00d1");
    }

    @Test
    void shouldReadBackTheCqe() {
        for (TlsOffload tls : TlsOffload.values()) {
            Cqe.write(bytes, 0, Cqe.RESPONSE_SEND, 0, 0xffff, 77, false, 1, tls.ordinal(), 0xff, 0xfe);

            assertThat(Cqe.opcode(bytes, 0)).isEqualTo(Cqe.RESPONSE_SEND);
            assertThat(Cqe.wqeCounter(bytes, 0)).isEqualTo(0xffff);
            assertThat(Cqe.byteCount(bytes, 0)).isEqualTo(77);
            assertThat(Cqe.tlsOffload(bytes, 0)).isEqualTo(tls);
            assertThat(Cqe.isIntact(bytes, 0)).isFalse();
            assertThat(Cqe.syndrome(bytes, 0)).isEqualTo(0xff);
            assertThat(Cqe.vendorSyndrome(bytes, 0)).isEqualTo(0xfe);
        }
    }
}
