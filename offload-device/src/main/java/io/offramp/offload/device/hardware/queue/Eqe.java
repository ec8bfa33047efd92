package io.offramp.offload.device.hardware.queue;

import io.netty.buffer.ByteBuf;
import java.lang.invoke.VarHandle;

/**
 * An event. 64 bytes; the fields that the model uses:
 *
 * <pre>
 *       31          24 23           16 15            8 7            0
 *      +--------------+---------------+---------------+--------------+
 *   0  |              |     type      |               |   sub_type   |
 *      +--------------+---------------+---------------+--------------+
 *  56  |                            cqn                              |   of a completion event
 *      +--------------+---------------+---------------+--------------+
 *  60  |                              |   signature   |    owner     |   bit 0
 *      +------------------------------+---------------+--------------+
 * </pre>
 */
public final class Eqe {
    /** Length in bytes. */
    public static final int BYTES = 64;

    /** Type: a CQ that is armed has a new entry. */
    public static final int COMPLETION = 0x0;

    private static final int TYPE = 1;
    private static final int CQN = 56;
    private static final int OWNER = 63;

    private Eqe() {}

    static void write(ByteBuf out, int at, int type, int cqn, int owner) {
        out.setByte(at + TYPE, type);
        out.setInt(at + CQN, cqn);
        VarHandle.releaseFence();
        out.setByte(at + OWNER, owner);
    }

    static void invalidate(ByteBuf out, int at) {
        out.setByte(at + OWNER, 1);
    }

    /** True for an entry written in a round of that parity. */
    static boolean isOwnedBy(ByteBuf in, int at, int parity) {
        return (in.getByte(at + OWNER) & 1) == parity;
    }

    /** What has happened. */
    public static int type(ByteBuf in, int at) {
        return in.getUnsignedByte(at + TYPE);
    }

    /** Number of the CQ. */
    public static int cqn(ByteBuf in, int at) {
        return in.getInt(at + CQN);
    }
}
