package io.offramp.proxy.session;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.record.ProtocolVersion;
import io.offramp.offload.tck.ReferenceRecords;
import io.offramp.proxy.session.OffloadConfig.Policy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** KeyUpdate both ways, and the limits of a key (RFC 8446 §4.6.3, §5.5). */
class TlsSessionKeyUpdateTest extends SessionFixture {
    @ParameterizedTest
    @EnumSource(names = {"SW", "HW"})
    void shouldAnswerAKeyUpdateOnceUnderTheOldKeyAndGoOnWithNewOnesBothWays(Policy policy) {
        start(ProtocolVersion.TLS_1_3, policy);

        receive(client.seal(HANDSHAKE, new byte[] {24, 0, 0, 1, 1}));
        client = new ReferenceRecords(next(clientSecret, 1));
        receive(client.seal(HANDSHAKE, new byte[] {24, 0, 0, 1, 0}));
        client = new ReferenceRecords(next(clientSecret, 2));
        receive(client.seal(DATA, "under the third key".getBytes(US_ASCII)));

        assertThat(sent()).isEqualTo(expected.seal(HANDSHAKE, new byte[] {24, 0, 0, 1, 0}));
        assertThat(received()).isEqualTo("under the third key");
        write("mine");
        assertThat(sent()).isEqualTo(new ReferenceRecords(next(serverSecret, 1)).seal(DATA, "mine".getBytes(US_ASCII)));
        assertThat(connection.rx().rekeys()).isEqualTo(2);
        assertThat(connection.tx().rekeys()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"SW", "HW"})
    void shouldOpenARecordUnderTheNewKeyThatCameInTheSameRead(Policy policy) {
        start(ProtocolVersion.TLS_1_3, policy);
        byte[] update = client.seal(HANDSHAKE, new byte[] {24, 0, 0, 1, 0});
        ReferenceRecords updated = new ReferenceRecords(next(clientSecret, 1));

        receive(ReferenceRecords.concat(update, updated.seal(DATA, "new".getBytes(US_ASCII))));

        assertThat(received()).isEqualTo("new");
    }

    @Test
    void shouldEndAKeyUpdateStorm() {
        start(ProtocolVersion.TLS_1_3);
        List<byte[]> updates = keyUpdates(101, 0);

        updates.forEach(this::receive);

        assertThat(lastSent()).isEqualTo(expected.seal(ALERT, new byte[] {2, 10}));
        assertThat(channel.isOpen()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(names = {"SW", "HW"})
    void shouldReplaceItsOwnKeyBeforeTheLimit(Policy policy) {
        prepare(ProtocolVersion.TLS_1_3);
        install(settings(plan(policy), 2)).start(Unpooled.EMPTY_BUFFER);

        write("1");
        write("2");
        write("3");

        byte[] old = ReferenceRecords.concat(
                expected.seal(DATA, "1".getBytes(US_ASCII)), expected.seal(DATA, "2".getBytes(US_ASCII)));
        byte[] update = expected.seal(HANDSHAKE, new byte[] {24, 0, 0, 1, 0});
        byte[] fresh = new ReferenceRecords(next(serverSecret, 1)).seal(DATA, "3".getBytes(US_ASCII));
        assertThat(sent()).isEqualTo(ReferenceRecords.concat(ReferenceRecords.concat(old, update), fresh));
    }

    @Test
    void shouldCloseAtTheLimitWhereTheVersionHasNoKeyUpdate() {
        prepare(ProtocolVersion.TLS_1_2);
        install(settings(plan(Policy.SW), 1)).start(Unpooled.EMPTY_BUFFER);

        write("1");
        ChannelFuture refused = channel.writeAndFlush(Unpooled.copiedBuffer("2", US_ASCII));

        assertThat(refused.isSuccess()).isFalse();
        assertThat(sent())
                .isEqualTo(ReferenceRecords.concat(
                        expected.seal(DATA, "1".getBytes(US_ASCII)), expected.seal(ALERT, new byte[] {1, 0})));
        assertThat(channel.isOpen()).isFalse();
    }

    /** The records of a direction that a device protects are counted as well: by its sequence. */
    @ParameterizedTest
    @EnumSource(names = {"SW", "HW"})
    void shouldAskForANewKeyOncePerKeyOfTheClient(Policy policy) {
        prepare(ProtocolVersion.TLS_1_3);
        install(settings(plan(policy), 3)).start(Unpooled.EMPTY_BUFFER);

        receiveRecords(2);
        assertThat(sent()).isEmpty();
        receiveRecords(1);
        assertThat(sent()).isEqualTo(expected.seal(HANDSHAKE, new byte[] {24, 0, 0, 1, 1}));
        receiveRecords(5);
        assertThat(sent()).isEmpty();

        receive(keyUpdate(0));
        client = new ReferenceRecords(next(clientSecret, 1));
        receiveRecords(3);
        assertThat(sent())
                .isEqualTo(new ReferenceRecords(next(serverSecret, 1)).seal(HANDSHAKE, new byte[] {24, 0, 0, 1, 1}));
        assertThat(channel.isOpen()).isTrue();
        assertThat(received()).isEqualTo("data".repeat(11));
    }

    /** An answer must not ask in turn (RFC 8446 §4.6.3). */
    @Test
    void shouldAnswerAndAskInMessagesOfTheirOwn() {
        prepare(ProtocolVersion.TLS_1_3);
        install(settings(plan(Policy.SW), 2)).start(Unpooled.EMPTY_BUFFER);
        byte[] update = keyUpdate(1);
        client = new ReferenceRecords(next(clientSecret, 1));

        receive(ReferenceRecords.concat(
                update, ReferenceRecords.concat(client.seal(DATA, new byte[1]), client.seal(DATA, new byte[1]))));

        byte[] answer = expected.seal(HANDSHAKE, new byte[] {24, 0, 0, 1, 0});
        byte[] request = new ReferenceRecords(next(serverSecret, 1)).seal(HANDSHAKE, new byte[] {24, 0, 0, 1, 1});
        assertThat(sent()).isEqualTo(ReferenceRecords.concat(answer, request));
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({"TLS_1_3, SW", "TLS_1_3, HW", "TLS_1_2, SW", "TLS_1_2, HW"})
    void shouldTurnAClientAwayThatWearsItsKeyOut(ProtocolVersion version, Policy policy) {
        long most = SessionSettings.rxRecords(AeadSuite.AES_128_GCM);
        prepare(version, most - 2);
        install(settings(plan(policy))).start(Unpooled.EMPTY_BUFFER);

        receiveRecords(1);
        assertThat(channel.isOpen()).isTrue();
        byte[] asked = sent();
        receiveRecords(1);

        assertThat(asked).hasSize(version == ProtocolVersion.TLS_1_3 ? 5 + 5 + 1 + 16 : 0);
        ReferenceRecords ours = asked.length == 0 ? expected : new ReferenceRecords(next(serverSecret, 1));
        assertThat(sent()).isEqualTo(ours.seal(ALERT, new byte[] {2, 80}));
        assertThat(channel.isOpen()).isFalse();
        assertThat(faults)
                .singleElement()
                .asString()
                .contains("client has protected " + most + " records under one key");
        assertThat(tally.faults()).containsExactly("RX KeyLimitException");
    }

    @Test
    void shouldOweOneAnswerToAClientThatAsksManyTimesAndDoesNotRead() {
        start(ProtocolVersion.TLS_1_3);
        setWritable(false);

        keyUpdates(50, 1).forEach(this::receive);
        assertThat(sent()).isEmpty();
        setWritable(true);
        channel.flush();

        assertThat(sent()).isEqualTo(expected.seal(HANDSHAKE, new byte[] {24, 0, 0, 1, 0}));
        channel.flush();
        assertThat(sent()).isEmpty();
    }

    @Test
    void shouldAnswerOnceBeforeDataThatWasHeldBack() {
        start(ProtocolVersion.TLS_1_3);
        setWritable(false);
        receive(keyUpdate(1));
        channel.write(Unpooled.copiedBuffer("data", US_ASCII));
        setWritable(true);

        channel.flush();

        byte[] answer = expected.seal(HANDSHAKE, new byte[] {24, 0, 0, 1, 0});
        byte[] data = new ReferenceRecords(next(serverSecret, 1)).seal(DATA, "data".getBytes(US_ASCII));
        assertThat(sent()).isEqualTo(ReferenceRecords.concat(answer, data));
    }

    @Test
    void shouldRefuseARecordUnderTheOldKeyBehindAKeyUpdate() {
        start(ProtocolVersion.TLS_1_3);

        receive(ReferenceRecords.concat(keyUpdate(0), client.seal(DATA, "old".getBytes(US_ASCII))));

        assertThat(received()).isEmpty();
        assertThat(sent()).isEqualTo(expected.seal(ALERT, new byte[] {2, 20}));
    }

    @Test
    void shouldTakeAKeyUpdateInOneByteRecords() {
        start(ProtocolVersion.TLS_1_3);

        for (byte each : new byte[] {24, 0, 0, 1, 0}) {
            receive(client.seal(HANDSHAKE, new byte[] {each}));
        }
        client = new ReferenceRecords(next(clientSecret, 1));
        receiveRecords(1);

        assertThat(received()).isEqualTo("data");
    }

    /** Each under the key that the one before it made. */
    private List<byte[]> keyUpdates(int count, int requested) {
        KeySchedule schedule = new KeySchedule(AeadSuite.AES_128_GCM, "SHA-256", clientSecret);
        List<byte[]> updates = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            updates.add(keyUpdate(requested));
            client = new ReferenceRecords(schedule.next());
        }
        return updates;
    }

    private void receiveRecords(int count) {
        for (int i = 0; i < count; i++) {
            receive(client.seal(DATA, "data".getBytes(US_ASCII)));
        }
    }

    private void setWritable(boolean writable) {
        channel.unsafe().outboundBuffer().setUserDefinedWritability(7, writable);
    }
}
