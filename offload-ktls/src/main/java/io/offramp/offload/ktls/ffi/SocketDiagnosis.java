package io.offramp.offload.ktls.ffi;

import io.offramp.offload.ktls.kernel.KernelTls.Conf;
import io.offramp.offload.record.Direction;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Asks the kernel about one TCP socket, like {@code ss -ti}: a request of {@code SOCK_DIAG_BY_FAMILY}
 * (include/uapi/linux/inet_diag.h), whose answer has the attribute {@code INET_DIAG_ULP_INFO}. Kernels before 6.15 give
 * that to {@code CAP_NET_ADMIN} only.
 *
 * <pre>
 * request: | nlmsghdr 0..15 | family 16 | protocol 17 | extensions 18 | states 20..23 | id 24..71 |
 * id:      | source port 2 | destination port 2 | source 16 | destination 16 | interface 4 | cookie 8 |
 * answer:  | nlmsghdr 0..15 | inet_diag_msg 16..87 | attributes: length 2, type 2, value, padding to 4 ...
 * </pre>
 */
final class SocketDiagnosis {
    private static final int AF_INET = 2;
    private static final int AF_NETLINK = 16;
    private static final int SOCK_RAW_CLOEXEC = 0x80003;
    private static final int NETLINK_SOCK_DIAG = 4;
    private static final short SOCK_DIAG_BY_FAMILY = 20;
    private static final short NLM_F_REQUEST = 1;
    private static final byte IPPROTO_TCP = 6;

    /** {@code 1 << (INET_DIAG_INFO - 1)}: without that the answer has no ULP either. */
    private static final byte INFO = 2;

    private static final int INET_DIAG_ULP_INFO = 19;
    private static final int INET_ULP_INFO_TLS = 2;
    private static final int TLS_INFO_TXCONF = 3;
    private static final int TLS_INFO_RXCONF = 4;
    private static final int TYPE_MASK = 0x3fff;

    private static final int REQUEST_BYTES = 72;
    private static final int ID = 24;
    private static final int ATTRIBUTES = 88;
    private static final int ANSWER_BYTES = 4096;
    private static final int SOCKADDR_BYTES = 28;
    private static final int MSG_DONTWAIT = 0x40;

    private SocketDiagnosis() {}

    /** Software or NIC, for one direction; {@link Conf#UNKNOWN} if the kernel does not say. */
    static Conf conf(int fd, Direction direction) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment answer = arena.allocate(ANSWER_BYTES, Long.BYTES);
            int bytes = ask(fd, arena, answer);
            ByteBuffer buffer = answer.asByteBuffer().order(ByteOrder.nativeOrder());
            if (bytes < ATTRIBUTES || buffer.getShort(4) != SOCK_DIAG_BY_FAMILY) {
                return Conf.UNKNOWN;
            }
            ByteBuffer ulp = attribute(buffer.limit(bytes).position(ATTRIBUTES), INET_DIAG_ULP_INFO);
            ByteBuffer tls = attribute(ulp, INET_ULP_INFO_TLS);
            ByteBuffer conf = attribute(tls, direction == Direction.TX ? TLS_INFO_TXCONF : TLS_INFO_RXCONF);
            return conf.remaining() < 2 ? Conf.UNKNOWN : conf(conf.getShort());
        }
    }

    /** {@code TLS_CONF_*}. */
    private static Conf conf(int number) {
        return switch (number) {
            case 1 -> Conf.NONE;
            case 2 -> Conf.SW;
            case 3 -> Conf.HW;
            default -> Conf.UNKNOWN;
        };
    }

    /** Bytes of the answer, or an error. */
    private static int ask(int fd, Arena arena, MemorySegment answer) {
        MemorySegment state = CallMemory.current().state;
        MemorySegment request = arena.allocate(REQUEST_BYTES, Long.BYTES);
        int result = describe(fd, arena, request.asByteBuffer().order(ByteOrder.nativeOrder()));
        if (result < 0) {
            return result;
        }
        int netlink = Libc.socket(state, AF_NETLINK, SOCK_RAW_CLOEXEC, NETLINK_SOCK_DIAG);
        if (netlink < 0) {
            return netlink;
        }
        try {
            result = Libc.send(state, netlink, request.address(), REQUEST_BYTES, 0);
            return result < 0 ? result : Libc.recv(state, netlink, answer.address(), ANSWER_BYTES, MSG_DONTWAIT);
        } finally {
            Libc.close(state, netlink);
        }
    }

    private static int describe(int fd, Arena arena, ByteBuffer request) {
        MemorySegment state = CallMemory.current().state;
        MemorySegment local = arena.allocate(SOCKADDR_BYTES, Long.BYTES);
        MemorySegment remote = arena.allocate(SOCKADDR_BYTES, Long.BYTES);
        int result = Libc.getsockname(state, fd, local, CallMemory.current().length(SOCKADDR_BYTES));
        if (result == 0) {
            result = Libc.getpeername(state, fd, remote, CallMemory.current().length(SOCKADDR_BYTES));
        }
        if (result < 0) {
            return result;
        }
        ByteBuffer from = local.asByteBuffer().order(ByteOrder.nativeOrder());
        ByteBuffer to = remote.asByteBuffer();
        short family = from.getShort(0);
        request.putInt(0, REQUEST_BYTES).putShort(4, SOCK_DIAG_BY_FAMILY).putShort(6, NLM_F_REQUEST);
        request.put(16, (byte) family).put(17, IPPROTO_TCP).put(18, INFO).putInt(20, -1);
        int addressAt = family == AF_INET ? 4 : 8;
        int addressBytes = family == AF_INET ? 4 : 16;
        request.put(ID, from, 2, 2).put(ID + 2, to, 2, 2);
        request.put(ID + 4, from, addressAt, addressBytes).put(ID + 20, to, addressAt, addressBytes);
        request.putInt(ID + 40, -1).putInt(ID + 44, -1); // INET_DIAG_NOCOOKIE
        return 0;
    }

    /** The value of the first attribute of this type; empty where there is none. */
    private static ByteBuffer attribute(ByteBuffer attributes, int type) {
        int at = attributes.position();
        while (at + 4 <= attributes.limit()) {
            int bytes = attributes.getShort(at) & 0xffff;
            if (bytes < 4 || at + bytes > attributes.limit()) {
                break;
            }
            if ((attributes.getShort(at + 2) & TYPE_MASK) == type) {
                return attributes.slice(at + 4, bytes - 4).order(ByteOrder.nativeOrder());
            }
            at += (bytes + 3) & ~3;
        }
        return ByteBuffer.allocate(0);
    }
}
