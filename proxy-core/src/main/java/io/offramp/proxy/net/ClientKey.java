package io.offramp.proxy.net;

import java.net.InetAddress;

/**
 * A number for each client that an address stands for. An IPv6 client counts by its /64, the least that a site is given
 * (RFC 6177 §2), because it can choose any address below that. An IPv4-mapped address is the IPv4 address (RFC 4291
 * §2.5.5.2), and so is an address of a translator (RFC 6052 §2.1), because all IPv4 clients share its prefix.
 */
public final class ClientKey {
    private static final int IPV4_BYTES = 4;
    private static final int PREFIX_BYTES = 8;
    private static final int MAPPED_AT = 12;
    private static final long TRANSLATED = 0x0064ff9b_00000000L;

    /** No prefix of a client: all of ff00::/8 is multicast (RFC 4291 §2.7). */
    private static final long IPV4 = 0xffffffff00000000L;

    private ClientKey() {}

    /** That of an address. */
    public static long of(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (bytes.length == IPV4_BYTES) {
            return IPV4 | number(bytes, 0, IPV4_BYTES);
        }
        long prefix = number(bytes, 0, PREFIX_BYTES);
        long middle = number(bytes, PREFIX_BYTES, MAPPED_AT);
        boolean isIpv4 = prefix == 0 && middle == 0xffff || prefix == TRANSLATED && middle == 0;
        return isIpv4 ? IPV4 | number(bytes, MAPPED_AT, bytes.length) : prefix;
    }

    private static long number(byte[] bytes, int from, int to) {
        long number = 0;
        for (int at = from; at < to; at++) {
            number = number << 8 | bytes[at] & 0xff;
        }
        return number;
    }
}
