package io.offramp.offload.ktls.kernel;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.record.Direction;

/**
 * The kernel's calls for a socket that is under its TLS (Documentation/networking/tls.rst). Nothing blocks; a result
 * below 0 is a negative {@link Errno}. Thread-safe; a socket is used by its event loop only.
 */
public interface KernelTls {
    /**
     * The protector of a direction's records, as the kernel reports it ({@code TLS_INFO_TXCONF},
     * {@code TLS_INFO_RXCONF}).
     */
    enum Conf {
        /** No keys. */
        NONE("none"),
        /** The kernel's own software. */
        SW("kernel-sw"),
        /** A NIC. */
        HW("nic"),
        /** It does not say, or not to us. */
        UNKNOWN("kernel");

        private final String label;

        Conf(String label) {
            this.label = label;
        }

        /** {@code kernel-sw}, {@code nic}; {@code kernel} if it is unknown which. */
        public String label() {
            return label;
        }
    }

    /**
     * Puts a connected socket under the protocol, which changes nothing before a direction has keys. 0, or an error.
     */
    int attach(int fd);

    /**
     * Gives a direction its keys, or replaces them.
     *
     * @param cryptoInfo a {@link CryptoInfo}; still the caller's to wipe
     * @return 0, or an error
     */
    int setKeys(int fd, Direction direction, byte[] cryptoInfo);

    /**
     * Asks for the sequence of a direction's next record.
     *
     * @param cryptoInfoBytes length of what was given to {@link #setKeys}
     * @return the sequence, or an error
     */
    long nextSequence(int fd, Direction direction, int cryptoInfoBytes);

    /**
     * Sends application data, which the kernel cuts into records of 16,384 bytes.
     *
     * @param content direct, in one piece
     * @return bytes taken, which the kernel delivers or loses the connection; or an error
     */
    int send(int fd, ByteBuf content, int index, int bytes);

    /**
     * Sends one record of another type.
     *
     * @param type its number
     * @param content direct, in one piece
     * @return {@code bytes}, or an error; never a part
     */
    int sendRecord(int fd, int type, ByteBuf content, int index, int bytes);

    /**
     * Receives one record that is no data, or the available data, up to {@code bytes}.
     *
     * @param into direct, in one piece
     * @return {@link #received}; or an error, {@link Errno#EIO} if the kernel does not report the type
     */
    long receive(int fd, ByteBuf into, int index, int bytes);

    /** The result of {@link #receive}: {@code type} is the record's, and 0 at the end of the stream. */
    static long received(int type, int bytes) {
        return (long) type << 32 | bytes;
    }

    /** Record type in a result of {@link #receive}. */
    static int type(long received) {
        return (int) (received >> 32);
    }

    /** Number of bytes in a result of {@link #receive}. */
    static int bytes(long received) {
        return (int) received;
    }

    /** Another descriptor of the same socket, which stays connected until both are closed. Or an error. */
    int duplicate(int fd);

    /**
     * Bytes of the wire that TCP has taken since an arbitrary beginning: sent and not sent ones, but none that TLS
     * still holds for want of room. Or an error.
     */
    long queued(int fd);

    /** Software or NIC, for this direction of the socket. */
    Conf conf(int fd, Direction direction);

    /**
     * Whether a NIC may do the work of this direction, of a socket that has its keys and whose {@link #conf} the kernel
     * does not say: false where it is known to have no session on any NIC.
     */
    boolean mayBeOnDevice(int fd, Direction direction);
}
