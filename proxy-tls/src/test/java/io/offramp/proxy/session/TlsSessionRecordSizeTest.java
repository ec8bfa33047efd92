package io.offramp.proxy.session;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerAdapter;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.embedded.EmbeddedChannel;
import io.offramp.offload.RecordMode;
import io.offramp.offload.SessionInfo;
import io.offramp.offload.record.Direction;
import io.offramp.offload.record.ProtocolVersion;
import io.offramp.offload.tck.ReferenceRecords;
import io.offramp.proxy.session.OffloadConfig.Policy;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How much goes into a record, and that it can be seen. */
class TlsSessionRecordSizeTest extends SessionFixture {
    private static final RecordSizeConfig GROWING = new RecordSizeConfig(1000, 2500, Duration.ofMinutes(1), 16_384);

    @ParameterizedTest
    @EnumSource(names = {"SW", "HW"})
    void shouldGrowWithinAWriteAndGoOnWithFullRecords(Policy policy) {
        recordSize = GROWING;
        start(ProtocolVersion.TLS_1_3, policy);
        byte[] content = random(10_000);

        write(content);
        byte[] first = sent();
        write(content);

        byte[] shorts = expected.sealAll(DATA, Arrays.copyOf(content, 3000), 1000);
        byte[] rest = expected.seal(DATA, Arrays.copyOfRange(content, 3000, 10_000));
        assertThat(first).isEqualTo(ReferenceRecords.concat(shorts, rest));
        assertThat(sent()).isEqualTo(expected.seal(DATA, content));
        assertThat(connection.tx().records()).isEqualTo(5);
        assertThat(connection.tx().bytes()).isEqualTo(20_000);
    }

    @ParameterizedTest
    @EnumSource(names = {"SW", "HW"})
    void shouldNotSendMoreThanTheClientTakes(Policy policy) {
        recordLimit = 63;
        start(ProtocolVersion.TLS_1_3, policy);
        byte[] content = random(1000);

        write(content);

        assertThat(sent()).isEqualTo(expected.sealAll(DATA, content, 63));
    }

    /** RFC 8446 §4.6.1, RFC 8449 §4, and a KeyUpdate ends its record. */
    @Test
    void shouldSendHandshakeMessagesBehindWhatWasWrittenWithinTheLimit() {
        recordLimit = 63;
        prepare(ProtocolVersion.TLS_1_3);
        channel = new EmbeddedChannel(new ChannelHandlerAdapter() {});
        ChannelHandlerContext ctx = channel.pipeline().firstContext();
        TxHalf tx = new TxHalf(ctx, target(), settings(plan(Policy.SW)), handshaken(), connection.tx(), () -> {});
        byte[] tickets = random(150);

        tx.write(Unpooled.copiedBuffer("data", US_ASCII), ctx.newPromise());
        tx.handshake(Unpooled.wrappedBuffer(tickets));
        tx.keyUpdates().oweAnswer();
        tx.settle();
        ctx.flush();

        byte[] data = expected.seal(DATA, "data".getBytes(US_ASCII));
        byte[] messages = expected.sealAll(HANDSHAKE, tickets, 63);
        byte[] update = expected.seal(HANDSHAKE, new byte[] {24, 0, 0, 1, 0});
        assertThat(sent()).isEqualTo(ReferenceRecords.concat(ReferenceRecords.concat(data, messages), update));
        tx.end();
        tx.handshake(Unpooled.wrappedBuffer(tickets));
        ctx.flush();
        assertThat(sent()).as("nothing behind close_notify").hasSize(24);
        tx.close();
    }

    @Test
    void shouldReportRecordSizes() {
        recordSize = GROWING;
        start(ProtocolVersion.TLS_1_3);

        write(random(10_000)); // 1000, 1000, 1000, 7000
        write(random(20_000)); // 16384, 3616
        receive(ReferenceRecords.concat(
                client.sealAll(DATA, random(5000), 1200), client.sealAll(DATA, random(16_384 * 3), 16_384)));

        assertThat(tally.sizes(Direction.TX)).isEqualTo(Map.of(1000, 3L, 3616, 1L, 7000, 1L, 16_384, 1L));
        assertThat(tally.sizes(Direction.RX)).isEqualTo(Map.of(200, 1L, 1200, 4L, 16_384, 3L));
    }

    /** Of a mean of 2.7 KB, since it starts so; what comes is records of 16 KiB. */
    @Test
    void shouldPromoteASessionWhoseFirstRecordsWereShort() {
        recordSize = new RecordSizeConfig(1000, 20_000, Duration.ofMinutes(1), 16_384);
        prepare(ProtocolVersion.TLS_1_3);
        OffloadPlan plan = new OffloadPlan(software, nic, Policy.AUTO, Policy.SW, new AutoPolicy(60_000, 8000));
        install(settings(plan)).start(Unpooled.EMPTY_BUFFER);

        for (int i = 0; i < 4; i++) {
            write(random(16_384));
        }

        assertThat(connection.tx().records()).isEqualTo(24);
        assertThat(connection.tx().conf()).isEqualTo("hw");
        sent();
    }

    /** These will go on as they are. */
    @Test
    void shouldNotPromoteASessionOfShortAnswers() {
        recordSize = new RecordSizeConfig(1000, 20_000, Duration.ofMinutes(1), 16_384);
        prepare(ProtocolVersion.TLS_1_3);
        OffloadPlan plan = new OffloadPlan(software, nic, Policy.AUTO, Policy.SW, new AutoPolicy(60_000, 8000));
        install(settings(plan)).start(Unpooled.EMPTY_BUFFER);

        for (int i = 0; i < 200; i++) {
            write(random(900));
        }

        assertThat(connection.tx().conf()).isEqualTo("sw");
        sent();
    }

    @Test
    void shouldAllocateNothingToCount() {
        start(ProtocolVersion.TLS_1_3);
        SessionInfo session = new SessionInfo("sw", RecordMode.SW, "libcrypto");
        Placement placement =
                new Placement(settings(plan(Policy.SW)), Direction.RX, connection.rx(), session, "configured");
        Burst burst = new Burst();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        count(1000, placement, burst);
        long before = threads.getCurrentThreadAllocatedBytes();

        count(100_000, placement, burst);

        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(10_000);
        assertThat(connection.rx().records()).isEqualTo(101_000 * (5 + 4));
    }

    private static void count(int bursts, Placement placement, Burst burst) {
        for (int i = 0; i < bursts; i++) {
            placement.addSealed(65_000, 16_384); // 3 full ones and a rest
            for (int record = 0; record < 5; record++) {
                burst.data(record < 4 ? 16_384 : 100, placement);
            }
            burst.count(placement);
        }
    }

    private void write(byte[] content) {
        channel.writeAndFlush(channel.alloc().directBuffer().writeBytes(content));
    }
}
