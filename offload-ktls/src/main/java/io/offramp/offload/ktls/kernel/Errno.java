package io.offramp.offload.ktls.kernel;

import java.util.Map;

/** The errors of system calls that mean something here (asm-generic/errno.h, the same on x86-64 and arm64). */
public final class Errno {
    /** The call was interrupted by a signal. */
    public static final int EINTR = 4;

    /** A record that is no data is next, and the call has no room for its type. */
    public static final int EIO = 5;

    /** Nothing to read, or no room to write. */
    public static final int EAGAIN = 11;

    /** The direction has keys, and this kernel takes no others. */
    public static final int EBUSY = 16;

    /** The socket is under the protocol already. */
    public static final int EEXIST = 17;

    /** A record is of another version; a key is of another length. */
    public static final int EINVAL = 22;

    /** The peer reads no more. */
    public static final int EPIPE = 32;

    /** A record does not authenticate. */
    public static final int EBADMSG = 74;

    /** A record is longer than allowed. */
    public static final int EMSGSIZE = 90;

    /** The peer has reset the connection. */
    public static final int ECONNRESET = 104;

    /** The peer does not answer. */
    public static final int ETIMEDOUT = 110;

    /** The network leads to the peer no more. */
    public static final int EHOSTUNREACH = 113;

    /** A KeyUpdate was read, and the new key is not there yet. */
    public static final int EKEYEXPIRED = 127;

    private static final Map<Integer, String> NAMES = Map.ofEntries(
            Map.entry(1, "EPERM"),
            Map.entry(2, "ENOENT"),
            Map.entry(EINTR, "EINTR"),
            Map.entry(EIO, "EIO"),
            Map.entry(9, "EBADF"),
            Map.entry(EAGAIN, "EAGAIN"),
            Map.entry(12, "ENOMEM"),
            Map.entry(14, "EFAULT"),
            Map.entry(EBUSY, "EBUSY"),
            Map.entry(EEXIST, "EEXIST"),
            Map.entry(EINVAL, "EINVAL"),
            Map.entry(23, "ENFILE"),
            Map.entry(24, "EMFILE"),
            Map.entry(EBADMSG, "EBADMSG"),
            Map.entry(88, "ENOTSOCK"),
            Map.entry(EMSGSIZE, "EMSGSIZE"),
            Map.entry(92, "ENOPROTOOPT"),
            Map.entry(95, "EOPNOTSUPP"),
            Map.entry(105, "ENOBUFS"),
            Map.entry(115, "EINPROGRESS"),
            Map.entry(EKEYEXPIRED, "EKEYEXPIRED"));

    /**
     * Errors caused by the network or the peer (RFC 9293 §3.10; those of ICMP are in the kernel's icmp_err_convert).
     */
    private static final Map<Integer, String> CONNECTION_LOST = Map.ofEntries(
            Map.entry(13, "EACCES"),
            Map.entry(EPIPE, "EPIPE"),
            Map.entry(64, "ENONET"),
            Map.entry(71, "EPROTO"),
            Map.entry(100, "ENETDOWN"),
            Map.entry(101, "ENETUNREACH"),
            Map.entry(102, "ENETRESET"),
            Map.entry(103, "ECONNABORTED"),
            Map.entry(ECONNRESET, "ECONNRESET"),
            Map.entry(107, "ENOTCONN"),
            Map.entry(108, "ESHUTDOWN"),
            Map.entry(ETIMEDOUT, "ETIMEDOUT"),
            Map.entry(111, "ECONNREFUSED"),
            Map.entry(112, "EHOSTDOWN"),
            Map.entry(EHOSTUNREACH, "EHOSTUNREACH"));

    private Errno() {}

    /** True if the connection is lost, which is not this machine's fault; takes the number negative, too. */
    public static boolean isConnectionLost(int errno) {
        return CONNECTION_LOST.containsKey(Math.abs(errno));
    }

    /** {@code ENOENT}, or {@code errno 77} where it has no name here; takes the number negative, too. */
    public static String name(int errno) {
        int number = Math.abs(errno);
        String lost = CONNECTION_LOST.get(number);
        return lost != null ? lost : NAMES.getOrDefault(number, "errno " + number);
    }
}
