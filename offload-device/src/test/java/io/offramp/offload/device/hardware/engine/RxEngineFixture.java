package io.offramp.offload.device.hardware.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.offramp.offload.aead.choice.AeadEngines;
import io.offramp.offload.device.hardware.Nic;
import io.offramp.offload.device.hardware.NicLimits;
import io.offramp.offload.device.hardware.context.AuthState;
import io.offramp.offload.device.hardware.context.ProgressParams;
import io.offramp.offload.device.hardware.context.StaticParams;
import io.offramp.offload.device.hardware.context.TlsContext;
import io.offramp.offload.device.hardware.context.TrackerState;
import io.offramp.offload.device.hardware.queue.TlsOffload;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.RecordFormat;
import io.offramp.offload.tck.Protection;
import io.offramp.offload.tck.ReferenceRecords;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Random;

/** A receiving context, a stream of records from its peer, and packets of it that are cut wherever a test says. */
final class RxEngineFixture implements AutoCloseable {
    /** TCP sequence of the first record: it wraps soon. */
    static final int START = -100;

    static final long FIRST = 5;

    final RecordFormat format;
    final Random random = new Random(3);
    private final Nic nic = new Nic(new NicLimits(2, 2, 2), AeadEngines.best());
    private final RecordCipher cipher = new RecordCipher();
    private final RxEngine engine = new RxEngine(cipher);
    private final TrafficKeys keys;
    private final ReferenceRecords peer;
    private final TlsContext context;
    private final ByteArrayOutputStream wire = new ByteArrayOutputStream();
    private final ByteArrayOutputStream opened = new ByteArrayOutputStream();
    private int records;
    private byte[] host = new byte[0];

    RxEngineFixture(Protection protection) {
        byte[] iv = new byte[TrafficKeys.ivBytes(protection.version(), protection.suite())];
        byte[] key = new byte[protection.suite().keyBytes()];
        random.nextBytes(iv);
        random.nextBytes(key);
        keys = new TrafficKeys(protection.version(), protection.suite(), key, iv, FIRST);
        format = keys.format();
        peer = new ReferenceRecords(keys);
        nic.deks().createBulk(1);
        nic.deks().load(0, keys.suite(), keys.dangerousKey());
        TlsContext tir = nic.tirs().get(nic.tirs().create(0));
        assertThat(tir).isNotNull();
        context = tir;
        program();
    }

    /** Puts the context at the start of the stream. */
    void program() {
        assertThat(loadStatic(FIRST, 0)).isTrue();
        ByteBuf progress = Unpooled.buffer(ProgressParams.BYTES).setZero(0, ProgressParams.BYTES);
        ProgressParams.write(progress, 0, START, 0, TrackerState.START, AuthState.NO_OFFLOAD, 0);
        assertThat(context.loadProgress(progress, 0)).isTrue();
    }

    /** The host answers: the record at this place, counted from the stream's start, has this number. */
    void answer(int offset, long number) {
        assertThat(loadStatic(number, START + offset)).isTrue();
    }

    private boolean loadStatic(long number, int resyncSequence) {
        ByteBuf params = Unpooled.buffer(StaticParams.BYTES).setZero(0, StaticParams.BYTES);
        StaticParams.write(
                params, 0, keys.version(), number, resyncSequence, keys.nonceHead(), keys.nonceTailMask(), 0);
        return context.loadStatic(params, 0, nic.deks());
    }

    TlsContext context() {
        return context;
    }

    /** Appends a record with random content of this length; gives its offset. */
    int add(int contentBytes) {
        byte[] content = new byte[contentBytes];
        random.nextBytes(content);
        return add(content);
    }

    int add(byte[] content) {
        int at = wire.size();
        byte[] record = peer.seal(23, content);
        records++;
        wire.writeBytes(record);
        // What host memory should have: framing and tag as they are, and between them what was sealed.
        byte[] plain = record.clone();
        System.arraycopy(content, 0, plain, format.prefixBytes(), content.length);
        if (format == RecordFormat.TLS_1_3) {
            plain[format.prefixBytes() + content.length] = 23;
        }
        opened.writeBytes(plain);
        return at;
    }

    /** What the content of the next record is XORed with. */
    byte[] keystream(int bytes) {
        byte[] record = new ReferenceRecords(keys.copyAt(FIRST + records)).seal(23, new byte[bytes]);
        return Arrays.copyOfRange(record, format.prefixBytes(), format.prefixBytes() + bytes);
    }

    int bytes() {
        return wire.size();
    }

    byte[] wire(int from, int to) {
        return Arrays.copyOfRange(wire.toByteArray(), from, to);
    }

    byte[] opened(int from, int to) {
        return Arrays.copyOfRange(opened.toByteArray(), from, to);
    }

    /** Presents bytes of the stream as a packet. */
    TlsOffload receive(int from, int to) {
        return receive(from, wire(from, to));
    }

    /** Presents any bytes at this place of the stream as a packet. */
    TlsOffload receive(int offset, byte[] payload) {
        ByteBuf in = Unpooled.directBuffer(payload.length + 1).writeBytes(payload);
        ByteBuf out = Unpooled.directBuffer(payload.length + 1).setZero(0, payload.length + 1);
        TlsOffload result = engine.receive(context, START + offset, in, 0, payload.length, out, 0);
        host = ByteBufUtil.getBytes(out, 0, payload.length);
        assertThat(ByteBufUtil.getBytes(in))
                .as("the wire is read, never written")
                .isEqualTo(payload);
        in.release();
        out.release();
        return result;
    }

    /** Presents a packet that the device should decrypt as a whole. */
    void expectDecrypted(int from, int to, String what) {
        assertThat(receive(from, to)).as(what).isEqualTo(TlsOffload.DECRYPTED);
        assertThat(host).as(what).isEqualTo(opened(from, to));
    }

    /** Presents a packet that should reach the host as it is on the wire. */
    void expectAsOnTheWire(int from, int to, TlsOffload result, String what) {
        assertThat(receive(from, to)).as(what).isEqualTo(result);
        assertThat(host).as(what).isEqualTo(wire(from, to));
    }

    byte[] host() {
        return host;
    }

    @Override
    public void close() {
        engine.close();
        cipher.close();
        nic.deks().close();
    }
}
