package io.offramp.proxy.handshake.engine;

import io.offramp.proxy.handshake.crypto.Group;
import java.io.IOException;
import java.util.Hashtable;
import java.util.List;
import java.util.Vector;
import org.bouncycastle.tls.ClientHello;
import org.bouncycastle.tls.ExtensionType;
import org.bouncycastle.tls.KeyShareEntry;
import org.bouncycastle.tls.TlsExtensionsUtils;
import org.jspecify.annotations.Nullable;

/**
 * What the first ClientHello says that the engine tells too late or not at all. A second one, after a
 * HelloRetryRequest, changes nothing of it (RFC 8446 §4.1.2).
 *
 * @param serverName what it asks for (SNI), lower case; null if it does not
 * @param offersEarlyData whether 0-RTT data may be on its way
 * @param namesSchemes whether it says which signatures it can verify
 * @param asksForStatus whether it wants an OCSP response with the certificate (RFC 6066 §8)
 * @param preferredGroups ours, those first that the client sent a share for: a HelloRetryRequest costs more than any
 *     group gains
 */
@SuppressWarnings("rawtypes") // the engine is older than generics
record ClientOffer(
        @Nullable String serverName,
        boolean offersEarlyData,
        boolean namesSchemes,
        boolean asksForStatus,
        int[] preferredGroups) {
    /** Before any ClientHello. */
    static final ClientOffer NONE = new ClientOffer(null, false, false, false, new int[0]);

    /**
     * Of a hello that has been proved.
     *
     * @param groups ours, in order of preference
     */
    static ClientOffer of(ClientHello hello, List<Group> groups) throws IOException {
        Hashtable extensions = hello.getExtensions();
        return new ClientOffer(
                ServerName.of(extensions),
                extensions.containsKey(ExtensionType.early_data),
                extensions.containsKey(ExtensionType.signature_algorithms),
                extensions.containsKey(ExtensionType.status_request),
                preferred(groups, TlsExtensionsUtils.getKeyShareClientHello(extensions)));
    }

    /** Loops, not streams, since all handshakes come by here. */
    private static int[] preferred(List<Group> groups, @Nullable Vector<?> shares) {
        int[] ordered = new int[groups.size()];
        int count = 0;
        for (int pass = 0; pass < 2; pass++) {
            for (Group group : groups) {
                if (hasShare(shares, group.code()) == (pass == 0)) {
                    ordered[count++] = group.code();
                }
            }
        }
        return ordered;
    }

    private static boolean hasShare(@Nullable Vector<?> shares, int group) {
        if (shares != null) {
            for (Object share : shares) {
                if (share instanceof KeyShareEntry entry && entry.getNamedGroup() == group) {
                    return true;
                }
            }
        }
        return false;
    }
}
