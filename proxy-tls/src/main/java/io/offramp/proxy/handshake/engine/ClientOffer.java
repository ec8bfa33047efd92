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
 * Parts of the first ClientHello that the engine reports too late or not at all. A second one, after a
 * HelloRetryRequest, does not change them (RFC 8446 §4.1.2).
 *
 * @param serverName the requested name (SNI), lower case; null for none
 * @param offersEarlyData whether 0-RTT data may be on its way
 * @param namesSchemes whether it lists the signatures that it can verify
 * @param asksForStatus whether it asks for an OCSP response with the certificate (RFC 6066 §8)
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
     * The offer of a hello that has been checked.
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

    /** Loops, not streams, since every handshake runs this. */
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
