package io.offramp.proxy.handshake;

import java.io.IOException;
import java.util.Hashtable;
import java.util.List;
import java.util.Vector;
import java.util.stream.IntStream;
import org.bouncycastle.tls.ClientHello;
import org.bouncycastle.tls.ExtensionType;
import org.bouncycastle.tls.KeyShareEntry;
import org.bouncycastle.tls.TlsExtensionsUtils;
import org.jspecify.annotations.Nullable;

/**
 * What the first ClientHello says that the engine tells too late or not at all. A second one, after a HelloRetryRequest, changes nothing
 * of it (RFC 8446 §4.1.2).
 *
 * @param serverName       what it asks for (SNI), lower case; null if it does not
 * @param offersEarlyData whether 0-RTT data may be on its way
 * @param namesSchemes     whether it says which signatures it can verify
 * @param asksForStatus    whether it wants an OCSP response with the certificate (RFC 6066 §8)
 * @param preferredGroups  ours, those first that the client sent a share for: a HelloRetryRequest costs more than any group gains
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

    /** @param groups ours, in order of preference */
    static ClientOffer of(ClientHello hello, List<Group> groups) throws IOException {
        Hashtable extensions = hello.getExtensions();
        if (extensions == null) {
            return new ClientOffer(null, false, false, false, codes(groups));
        }
        return new ClientOffer(
                ServerName.of(extensions),
                extensions.containsKey(ExtensionType.early_data),
                extensions.containsKey(ExtensionType.signature_algorithms),
                extensions.containsKey(ExtensionType.status_request),
                preferred(groups, TlsExtensionsUtils.getKeyShareClientHello(extensions)));
    }

    private static int[] preferred(List<Group> groups, @Nullable Vector<?> shares) {
        int[] all = codes(groups);
        if (shares == null) {
            return all;
        }
        return IntStream.concat(
                        IntStream.of(all).filter(code -> hasShare(shares, code)),
                        IntStream.of(all).filter(code -> !hasShare(shares, code)))
                .toArray();
    }

    private static boolean hasShare(Vector<?> shares, int group) {
        return shares.stream().anyMatch(share -> share instanceof KeyShareEntry entry && entry.getNamedGroup() == group);
    }

    private static int[] codes(List<Group> groups) {
        return groups.stream().mapToInt(Group::code).toArray();
    }
}
