package io.offramp.offload.device.hardware.context;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.offramp.offload.record.ProtocolVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ParamsTest {
    private final ByteBuf bytes = Unpooled.buffer(80).setZero(0, 80);

    @Test
    void shouldLayOutStaticParamsAsDocumented() {
        StaticParams.write(
                bytes,
                8,
                ProtocolVersion.TLS_1_3,
                0x1122_3344_5566_7788L,
                0x99aa_bbcc,
                0x0102_0304,
                0x0506_0708_090a_0b0cL,
                0x0d0e0f);

        assertThat(ByteBufUtil.hexDump(bytes, 8, StaticParams.BYTES))
                .isEqualTo("8d000001" + "00000000" + "1122334455667788" + "99aabbcc" + "01020304" + "05060708090a0b0c"
                        + "000d0e0f" + "00".repeat(28));
    }

    @ParameterizedTest
    @EnumSource(ProtocolVersion.class)
    void shouldReadBackStaticParams(ProtocolVersion version) {
        StaticParams.write(bytes, 0, version, -2, -3, -4, -5, StaticParams.MAX_DEK_INDEX);

        assertThat(StaticParams.isValid(bytes, 0)).isTrue();
        assertThat(StaticParams.version(bytes, 0)).isEqualTo(version);
        assertThat(StaticParams.initialRecordNumber(bytes, 0)).isEqualTo(-2);
        assertThat(StaticParams.resyncTcpSequence(bytes, 0)).isEqualTo(-3);
        assertThat(StaticParams.gcmIv(bytes, 0)).isEqualTo(-4);
        assertThat(StaticParams.implicitIv(bytes, 0)).isEqualTo(-5);
        assertThat(StaticParams.dekIndex(bytes, 0)).isEqualTo(StaticParams.MAX_DEK_INDEX);
    }

    @Test
    void shouldRefuseStaticParamsWithAnyOtherConstant() {
        StaticParams.write(bytes, 0, ProtocolVersion.TLS_1_2, 0, 0, 0, 0, 0);
        int word = bytes.getInt(0);
        for (int bit : new int[] {0, 1, 2, 3, 24, 25, 28, 29, 30, 31}) {
            bytes.setInt(0, word ^ 1 << bit);
            assertThat(StaticParams.isValid(bytes, 0)).as("bit %d", bit).isFalse();
        }
    }

    @Test
    void shouldLayOutProgressParamsAsDocumented() {
        ProgressParams.write(bytes, 4, 0x0102_0304, 0x0506_0708, TrackerState.SEARCHING, AuthState.OFFLOAD, 0x090a0b);

        assertThat(ByteBufUtil.hexDump(bytes, 4, ProgressParams.BYTES)).isEqualTo("01020304" + "05060708" + "90090a0b");
    }

    @Test
    void shouldReadBackProgressParamsOfEveryState() {
        for (TrackerState tracker : TrackerState.values()) {
            for (AuthState auth : AuthState.values()) {
                ProgressParams.write(bytes, 0, -1, -2, tracker, auth, -3);

                assertThat(ProgressParams.nextRecordTcpSequence(bytes, 0)).isEqualTo(-1);
                assertThat(ProgressParams.resyncTcpSequence(bytes, 0)).isEqualTo(-2);
                assertThat(ProgressParams.tracker(bytes, 0)).isEqualTo(tracker);
                assertThat(ProgressParams.auth(bytes, 0)).isEqualTo(auth);
                assertThat(ProgressParams.recordOffset(bytes, 0)).isEqualTo(0xff_fffd);
            }
        }
    }

    @Test
    void shouldKnowNoFourthState() {
        bytes.setInt(8, 0xf000_0000);

        assertThat(ProgressParams.tracker(bytes, 0)).isNull();
        assertThat(ProgressParams.auth(bytes, 0)).isNull();
    }
}
