package io.offramp.offload.ktls;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.epoll.Epoll;
import io.offramp.offload.aead.jca.JcaEngine;
import io.offramp.offload.aead.record.RecordSealer;
import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.ktls.ffi.LinuxTls;
import io.offramp.offload.ktls.ffi.LoopbackPair;
import io.offramp.offload.ktls.ffi.LoopbackPair.SystemCallException;
import io.offramp.offload.ktls.kernel.CryptoInfo;
import io.offramp.offload.ktls.kernel.Errno;
import io.offramp.offload.ktls.kernel.KernelTls;
import io.offramp.offload.ktls.kernel.KernelTls.Conf;
import io.offramp.offload.record.ContentType;
import io.offramp.offload.record.Direction;
import io.offramp.offload.record.ProtocolVersion;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Probes kernel TLS over a loopback connection and records what it accepted. Blocks for some milliseconds. */
final class KernelProbe {
    private static final int ENOENT = 2;
    private static final int APPLICATION_DATA = 23;
    private static final byte[] CONTENT = "kernel TLS probe".getBytes(StandardCharsets.US_ASCII);

    private final KernelTls kernel;
    private final List<KernelAbilities.Taken> taken = new ArrayList<>();
    private final List<String> refusals = new ArrayList<>();
    private boolean rekeysTx;
    private boolean rekeysRx;
    private boolean saysConf = true;

    private KernelProbe(KernelTls kernel) {
        this.kernel = kernel;
    }

    /** The abilities of this machine; never fails. */
    static KernelAbilities run() {
        String cause = unavailable();
        if (cause != null) {
            return KernelAbilities.none(cause);
        }
        return new KernelProbe(new LinuxTls()).tryAll();
    }

    private static @Nullable String unavailable() {
        String system = System.getProperty("os.name");
        if (!system.toLowerCase(Locale.ROOT).equals("linux")) {
            return "not Linux: " + system;
        }
        if ("nio".equals(System.getProperty("offramp.transport"))) {
            return "transport is not epoll: nio was asked for";
        }
        Throwable cause = Epoll.unavailabilityCause();
        return cause == null ? null : "transport is not epoll: " + cause.getMessage();
    }

    private KernelAbilities tryAll() {
        try (LoopbackPair pair = LoopbackPair.open()) {
            int attached = kernel.attach(pair.near());
            if (attached < 0) {
                return KernelAbilities.none(
                        attached == -ENOENT
                                ? "kernel " + release() + " has no tls module (TCP_ULP: ENOENT)"
                                : "kernel " + release() + " refuses TCP_ULP: " + Errno.name(attached));
            }
            for (ProtocolVersion version : ProtocolVersion.values()) {
                for (AeadSuite suite : AeadSuite.values()) {
                    tryBoth(version, suite);
                }
            }
        } catch (SystemCallException e) {
            return KernelAbilities.none(
                    "no loopback connection to try the kernel on: " + e.getMessage() + ": " + Errno.name(e.errno()));
        } catch (UnsupportedOperationException | IllegalCallerException e) {
            return KernelAbilities.none("native access is not allowed or not there: " + e.getMessage());
        }
        if (taken.isEmpty()) {
            return KernelAbilities.none(
                    "kernel " + release() + " has tls, and takes no suite: " + String.join(", ", refusals));
        }
        return new KernelAbilities(
                null, release(), List.copyOf(taken), List.copyOf(refusals), rekeysTx, rekeysRx, saysConf);
    }

    private void tryBoth(ProtocolVersion version, AeadSuite suite) throws SystemCallException {
        for (Direction direction : Direction.values()) {
            try (LoopbackPair pair = LoopbackPair.open()) {
                int result = kernel.attach(pair.near());
                result = result < 0 ? result : install(pair, direction, version, suite);
                if (result < 0) {
                    refusals.add(
                            direction + " " + version.label() + " " + suite.kernelName() + ": " + Errno.name(result));
                } else {
                    taken.add(new KernelAbilities.Taken(direction, version, suite));
                }
            }
        }
    }

    /** Tries keys: they must be accepted, and a record made or opened with them and counted. 0, or an error. */
    private int install(LoopbackPair pair, Direction direction, ProtocolVersion version, AeadSuite suite) {
        int result = setKeys(pair, direction, version, suite);
        if (result < 0) {
            return result;
        }
        boolean works = direction == Direction.TX ? protects(pair) : opens(pair, version, suite);
        if (!works || kernel.nextSequence(pair.near(), direction, CryptoInfo.bytes(suite)) != 1) {
            return -Errno.EBADMSG;
        }
        saysConf &= kernel.conf(pair.near(), direction) != Conf.UNKNOWN;
        if (version == ProtocolVersion.TLS_1_3 && suite == AeadSuite.AES_128_GCM) {
            boolean rekeys = setKeys(pair, direction, version, suite) == 0;
            rekeysTx |= rekeys && direction == Direction.TX;
            rekeysRx |= rekeys && direction == Direction.RX;
        }
        return 0;
    }

    private int setKeys(LoopbackPair pair, Direction direction, ProtocolVersion version, AeadSuite suite) {
        return kernel.setKeys(pair.near(), direction, CryptoInfo.of(keys(version, suite)));
    }

    private static TrafficKeys keys(ProtocolVersion version, AeadSuite suite) {
        return new TrafficKeys(
                version, suite, new byte[suite.keyBytes()], new byte[TrafficKeys.ivBytes(version, suite)], 0);
    }

    private boolean protects(LoopbackPair pair) {
        ByteBuf content = Unpooled.directBuffer(CONTENT.length).writeBytes(CONTENT);
        try {
            byte[] header = new byte[3];
            return kernel.send(pair.near(), content, 0, CONTENT.length) == CONTENT.length
                    && pair.readFar(header) == header.length
                    && Arrays.equals(header, new byte[] {APPLICATION_DATA, 3, 3});
        } finally {
            content.release();
        }
    }

    /** True if a record that another engine has sealed is opened. */
    private boolean opens(LoopbackPair pair, ProtocolVersion version, AeadSuite suite) {
        byte[] record = record(version, suite);
        if (pair.writeFar(record) != record.length || pair.awaitNear() != 1) {
            return false;
        }
        ByteBuf content = Unpooled.directBuffer(2 * CONTENT.length);
        try {
            long received = kernel.receive(pair.near(), content, 0, 2 * CONTENT.length);
            return received == KernelTls.received(APPLICATION_DATA, CONTENT.length)
                    && content.writerIndex(CONTENT.length).equals(Unpooled.wrappedBuffer(CONTENT));
        } finally {
            content.release();
        }
    }

    /** A record with the content of the probe. */
    static byte[] record(ProtocolVersion version, AeadSuite suite) {
        ByteBuf record = Unpooled.buffer(64);
        try (RecordSealer sealer = new RecordSealer(new JcaEngine(), keys(version, suite))) {
            sealer.seal(ContentType.APPLICATION_DATA, Unpooled.wrappedBuffer(CONTENT), CONTENT.length, record);
        }
        return ByteBufUtil.getBytes(record);
    }

    private static String release() {
        return System.getProperty("os.version");
    }
}
