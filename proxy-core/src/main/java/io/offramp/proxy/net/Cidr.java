package io.offramp.proxy.net;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Addresses with a common prefix (RFC 4632 §3.1, RFC 4291 §2.3): {@code 10.0.0.0/8}, {@code 2001:db8::/32}, or one
 * address.
 *
 * @param address with all bits behind the prefix 0
 * @param bits of the prefix
 */
public record Cidr(InetAddress address, int bits) {
    /** Excludes {@code 10.1}, which some parsers read as 10.0.0.1. */
    private static final Pattern FULL = Pattern.compile("\\d+(\\.\\d+){3}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");

    /**
     * Reads an address with or without a prefix. Looks up no name.
     *
     * @throws IllegalArgumentException saying what was expected
     */
    public static Cidr parse(String text) {
        int slash = text.indexOf('/');
        InetAddress address = literal(slash < 0 ? text : text.substring(0, slash));
        if (address == null) {
            throw new IllegalArgumentException(
                    "expected addresses such as 10.0.0.0/8 or 2001:db8::1, is \"" + text + "\"");
        }
        int most = 8 * address.getAddress().length;
        String bits = slash < 0 ? "" + most : text.substring(slash + 1);
        if (!bits.matches("\\d{1,3}") || Integer.parseInt(bits) > most) {
            throw new IllegalArgumentException("a prefix has 0 to " + most + " bits, is \"" + text + "\"");
        }
        Cidr read = new Cidr(address, Integer.parseInt(bits));
        Cidr meant = new Cidr(read.prefix(), read.bits);
        if (!meant.equals(read)) {
            throw new IllegalArgumentException("\"" + text + "\" has bits behind its prefix; " + meant + " would not");
        }
        return read;
    }

    /** The address that a text is; null if it is none. Looks up no name. */
    public static @Nullable InetAddress literal(String address) {
        try {
            return FULL.matcher(address).matches() ? InetAddress.ofLiteral(address) : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private InetAddress prefix() {
        byte[] bytes = address.getAddress();
        for (int i = 0; i < bytes.length; i++) {
            int kept = Math.clamp(bits - 8L * i, 0, 8);
            bytes[i] &= (byte) (0xFF00 >> kept);
        }
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e); // its length is that of an address
        }
    }

    /** True if the address has the prefix. */
    public boolean contains(InetAddress other) {
        byte[] own = address.getAddress();
        byte[] others = other.getAddress();
        int whole = bits / 8;
        int left = bits % 8;
        return own.length == others.length
                && Arrays.equals(own, 0, whole, others, 0, whole)
                && (left == 0 || ((own[whole] ^ others[whole]) & 0xFF00 >> left & 0xFF) == 0);
    }

    @Override
    public String toString() {
        return address.getHostAddress() + "/" + bits;
    }
}
