package io.offramp.offload.ktls;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.record.Direction;

/**
 * What the kernel does with a socket that is under its TLS (Documentation/networking/tls.rst). Nothing blocks; a result below 0 is a
 * negative {@link Errno}. Thread-safe; a socket is used by its event loop only.
 */
public interface KernelTls {
    /** What keeps a direction's records, as the kernel says ({@code TLS_INFO_TXCONF}, {@code TLS_INFO_RXCONF}). */
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

        /** {@code kernel-sw}, {@code nic}; {@code kernel} where nobody said which. */
        public String label() {
            return label;
        }
    }

    /** Puts a connected socket under the protocol, which changes nothing before a direction has keys. 0, or an error. */
    int attach(int fd);

    /**
     * Gives a direction its keys, or other ones.
     *
     * @param cryptoInfo a {@link CryptoInfo}; still the caller's to wipe
     * @return 0, or an error
     */
    int setKeys(int fd, Direction direction, byte[] cryptoInfo);

    /**
     * Reads a direction's keys back, with the record sequence of now.
     *
     * @param cryptoInfo filled; of the length that was given to {@link #setKeys}
     * @return 0, or an error
     */
    int getKeys(int fd, Direction direction, byte[] cryptoInfo);

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
     * @param type    its number
     * @param content direct, in one piece
     * @return {@code bytes}, or an error; never a part
     */
    int sendRecord(int fd, int type, ByteBuf content, int index, int bytes);

    /**
     * Bytes of the wire that TCP has taken since an arbitrary beginning: sent and not sent ones, but none that TLS still holds for want
     * of room. Or an error.
     */
    long queued(int fd);

    /** Who does the work of this direction of the socket. */
    Conf conf(int fd, Direction direction);
}
