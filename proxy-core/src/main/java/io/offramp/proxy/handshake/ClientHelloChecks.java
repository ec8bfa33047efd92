package io.offramp.proxy.handshake;

import java.io.IOException;
import java.util.Arrays;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.Vector;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.ClientHello;
import org.bouncycastle.tls.ExtensionType;
import org.bouncycastle.tls.KeyShareEntry;
import org.bouncycastle.tls.TlsExtensionsUtils;
import org.bouncycastle.tls.TlsFatalAlert;

/** What the engine takes in a ClientHello and should not. */
final class ClientHelloChecks {
    /** RFC 9849 §6.1.5: sealed anew in the second ClientHello. */
    private static final int ENCRYPTED_CLIENT_HELLO = 0xfe0d;

    /** What a second ClientHello may say anew (RFC 8446 §4.1.2). */
    private static final Set<Integer> MAY_CHANGE = Set.of(
            ExtensionType.key_share,
            ExtensionType.early_data,
            ExtensionType.cookie,
            ExtensionType.pre_shared_key,
            ExtensionType.padding,
            ENCRYPTED_CLIENT_HELLO);

    private ClientHelloChecks() {}

    /**
     * The engine cuts a hybrid share in two without a look at its length (draft-ietf-tls-ecdhe-mlkem §4.2).
     *
     * @param groups ours
     * @throws TlsFatalAlert illegal_parameter
     */
    static void requireShareLengths(ClientHello hello, List<Group> groups) throws IOException {
        Hashtable<?, ?> extensions = hello.getExtensions();
        Vector<?> shares = extensions == null ? null : TlsExtensionsUtils.getKeyShareClientHello(extensions);
        for (Object each : shares == null ? List.of() : shares) {
            KeyShareEntry share = (KeyShareEntry) each;
            Group group = Group.of(share.getNamedGroup());
            int bytes = share.getKeyExchange().length;
            if (group != null && groups.contains(group) && bytes != group.shareBytes()) {
                throw new TlsFatalAlert(AlertDescription.illegal_parameter,
                        "key share of " + bytes + " bytes for " + group.label());
            }
        }
    }

    /**
     * A client answers a HelloRetryRequest with the same ClientHello but for what it was asked to change (RFC 8446 §4.1.2).
     *
     * @throws TlsFatalAlert illegal_parameter
     */
    static void requireUnchanged(ClientHello first, ClientHello second) throws TlsFatalAlert {
        require(first.getVersion().equals(second.getVersion()), "its version");
        require(Arrays.equals(first.getRandom(), second.getRandom()), "its random");
        require(Arrays.equals(first.getSessionID(), second.getSessionID()), "its session id");
        require(Arrays.equals(first.getCipherSuites(), second.getCipherSuites()), "its cipher suites");
        Map<?, ?> before = extensions(first);
        Map<?, ?> after = extensions(second);
        for (Object type : before.keySet()) {
            boolean same = Arrays.equals((byte[]) before.get(type), (byte[]) after.get(type));
            require(same || MAY_CHANGE.contains(type), "extension " + type);
        }
        for (Object type : after.keySet()) {
            boolean mayAppear = type.equals(ExtensionType.cookie) || type.equals(ExtensionType.padding);
            require(before.containsKey(type) || mayAppear, "extension " + type);
        }
        require(!after.containsKey(ExtensionType.early_data), "nothing of its early data");
    }

    private static Map<?, ?> extensions(ClientHello hello) {
        Hashtable<?, ?> extensions = hello.getExtensions();
        return extensions == null ? Map.of() : extensions;
    }

    private static void require(boolean condition, String what) throws TlsFatalAlert {
        if (!condition) {
            throw new TlsFatalAlert(AlertDescription.illegal_parameter, "second ClientHello changes " + what);
        }
    }
}
