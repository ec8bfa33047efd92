package io.offramp.offload.ktls;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.epoll.Epoll;
import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.ktls.KernelTls.Conf;
import io.offramp.offload.ktls.ffi.LinuxTls;
import io.offramp.offload.ktls.ffi.LoopbackPair;
import io.offramp.offload.ktls.ffi.LoopbackPair.SystemCallException;
import io.offramp.offload.record.Direction;
import io.offramp.offload.record.ProtocolVersion;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Tries the running kernel on a loopback connection: what it takes is what it took. Blocks for some milliseconds. */
final class KernelProbe {
    private static final int ENOENT = 2;
    private static final int APPLICATION_DATA = 23;

    private final KernelTls kernel;
    private final List<KernelAbilities.Taken> taken = new ArrayList<>();
    private final List<String> refusals = new ArrayList<>();
    private boolean rekeysTx;
    private boolean rekeysRx;
    private boolean saysConf = true;

    private KernelProbe(KernelTls kernel) {
        this.kernel = kernel;
    }

    /** What this machine can; never fails. */
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
                return KernelAbilities.none(attached == -ENOENT
                        ? "kernel " + release() + " has no tls module (TCP_ULP: ENOENT)"
                        : "kernel " + release() + " refuses TCP_ULP: " + Errno.name(attached));
            }
            for (ProtocolVersion version : ProtocolVersion.values()) {
                for (AeadSuite suite : AeadSuite.values()) {
                    tryBoth(version, suite);
                }
            }
        } catch (SystemCallException e) {
            return KernelAbilities.none("no loopback connection to try the kernel on: " + e.getMessage() + ": "
                    + Errno.name(e.errno()));
        } catch (UnsupportedOperationException | IllegalCallerException e) {
            return KernelAbilities.none("native access is not allowed or not there: " + e.getMessage());
        }
        if (taken.isEmpty()) {
            return KernelAbilities.none("kernel " + release() + " has tls, and takes no suite: " + String.join(", ", refusals));
        }
        return new KernelAbilities(null, release(), List.copyOf(taken), List.copyOf(refusals), rekeysTx, rekeysRx, saysConf);
    }

    private void tryBoth(ProtocolVersion version, AeadSuite suite) throws SystemCallException {
        for (Direction direction : Direction.values()) {
            try (LoopbackPair pair = LoopbackPair.open()) {
                int result = kernel.attach(pair.near());
                result = result < 0 ? result : install(pair, direction, version, suite);
                if (result < 0) {
                    refusals.add(direction + " " + version.label() + " " + suite.kernelName() + ": " + Errno.name(result));
                } else {
                    taken.add(new KernelAbilities.Taken(direction, version, suite));
                }
            }
        }
    }

    /** 0, or an error: keys that are taken, and a record that comes out where one was sent. */
    private int install(LoopbackPair pair, Direction direction, ProtocolVersion version, AeadSuite suite) {
        int result = setKeys(pair, direction, version, suite);
        if (result < 0) {
            return result;
        }
        if (direction == Direction.TX && !protects(pair)) {
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
        TrafficKeys keys = new TrafficKeys(
                version, suite, new byte[suite.keyBytes()], new byte[TrafficKeys.ivBytes(version, suite)], 0);
        return kernel.setKeys(pair.near(), direction, CryptoInfo.of(keys));
    }

    private boolean protects(LoopbackPair pair) {
        ByteBuf content = Unpooled.directBuffer(16).writeZero(16);
        try {
            byte[] header = new byte[3];
            return kernel.send(pair.near(), content, 0, 16) == 16
                    && pair.readFar(header) == header.length
                    && Arrays.equals(header, new byte[] {APPLICATION_DATA, 3, 3});
        } finally {
            content.release();
        }
    }

    private static String release() {
        return System.getProperty("os.version");
    }
}
