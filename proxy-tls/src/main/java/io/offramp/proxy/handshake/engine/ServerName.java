package io.offramp.proxy.handshake.engine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Hashtable;
import java.util.Locale;
import java.util.Vector;
import java.util.regex.Pattern;
import org.bouncycastle.tls.NameType;
import org.bouncycastle.tls.TlsExtensionsUtils;
import org.jspecify.annotations.Nullable;

/** Reads the name that a client asks for (RFC 6066 §3). */
final class ServerName {
    /** Wider than host names, since clients send underscores and addresses; narrow enough for a log. */
    private static final Pattern PRINTABLE = Pattern.compile("[a-z0-9._:\\-]{1,255}");

    private ServerName() {}

    /**
     * The host name in lower case without a dot at its end; null if the client sent none, or an impossible one: a dot,
     * unprintable octets, or more of them than a name has. A server that does not recognise a name may continue (RFC
     * 6066 §3), as if none had been sent: such octets go to no log and no ticket.
     */
    @SuppressWarnings("rawtypes") // as the engine has it
    static @Nullable String of(Hashtable clientExtensions) throws IOException {
        Vector<?> names = TlsExtensionsUtils.getServerNameExtensionClient(clientExtensions);
        if (names == null) {
            return null;
        }
        for (Object element : names) {
            if (element instanceof org.bouncycastle.tls.ServerName name && name.getNameType() == NameType.host_name) {
                return checked(new String(name.getNameData(), StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT));
            }
        }
        return null;
    }

    private static @Nullable String checked(String name) {
        if (!PRINTABLE.matcher(name).matches() || name.equals(".")) {
            return null;
        }
        return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }
}
