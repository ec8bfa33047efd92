package io.offramp.proxy.upstream.balance;

import io.offramp.proxy.message.ClientAddress;
import io.offramp.proxy.message.Fields;
import io.offramp.proxy.message.RequestHead;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The part of a request that decides on its server. */
public sealed interface HashKey {
    /** For a request that has no such part. */
    long NONE = 0;

    /** The client's address, which a trusted proxy may have named. */
    record Address() implements HashKey {}

    /** Path and query, as they came. */
    record Uri() implements HashKey {}

    /**
     * The value of a field.
     *
     * @param name in lower case
     */
    record Header(String name) implements HashKey {}

    /** The value of a cookie. */
    record Cookie(String name) implements HashKey {}

    /**
     * The key of a request.
     *
     * @return {@link #NONE} if there is no such part
     */
    default long of(RequestHead request, ClientAddress client) {
        return switch (this) {
            case Address a -> of(client.of(request.fields()));
            case Uri u -> hash(request.target().originForm());
            case Header(String name) -> {
                Fields fields = request.fields();
                int at = fields.indexOf(name.getBytes(StandardCharsets.US_ASCII));
                yield at < 0 ? NONE : hash(fields.value(at));
            }
            case Cookie(String name) -> {
                String value = cookie(request.fields(), name);
                yield value == null ? NONE : hash(value);
            }
        };
    }

    /** The key of a client's address. */
    static long of(InetAddress client) {
        return hash(client.getHostAddress());
    }

    /** Value of the first cookie of that name, or null (RFC 6265 §4.2.1). */
    static @Nullable String cookie(Fields fields, String name) {
        for (int i = 0; i < fields.size(); i++) {
            if (fields.isName(i, COOKIE)) {
                for (String pair : fields.value(i).split(";", -1)) {
                    String one = pair.strip();
                    if (one.length() > name.length() && one.startsWith(name) && one.charAt(name.length()) == '=') {
                        return one.substring(name.length() + 1);
                    }
                }
            }
        }
        return null;
    }

    /** FNV-1a, then the last steps of MurmurHash3, so that every bit counts; never {@link #NONE}. */
    static long hash(CharSequence text) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
        }
        hash = mixed(hash);
        return hash == NONE ? 1 : hash;
    }

    /** The last steps of MurmurHash3. */
    static long mixed(long value) {
        long hash = value;
        hash = (hash ^ hash >>> 33) * 0xff51afd7ed558ccdL;
        hash = (hash ^ hash >>> 33) * 0xc4ceb9fe1a85ec53L;
        return hash ^ hash >>> 33;
    }

    /** Name of the field with cookies. */
    byte[] COOKIE = "cookie".getBytes(StandardCharsets.US_ASCII);
}
