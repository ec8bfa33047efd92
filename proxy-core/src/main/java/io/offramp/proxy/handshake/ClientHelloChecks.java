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
import org.bouncycastle.tls.ProtocolVersion;
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
     * Whether it is well-formed.
     *
     * @param groups ours
     * @param tls13  whether it will be answered in TLS 1.3 if the client offers that
     * @throws TlsFatalAlert with the alert that says what is wrong
     */
    static void requireWellFormed(ClientHello hello, List<Group> groups, boolean tls13) throws IOException {
        Hashtable<?, ?> extensions = hello.getExtensions();
        if (extensions == null) {
            return;
        }
        if (tls13 && offersTls13(extensions)) {
            requireWhatTls13Needs(extensions);
        }
        requireShareLengths(extensions, groups);
        requireProtocolNames(extensions);
    }

    /** RFC 8446 §9.2. That there are signature_algorithms, the engine sees to. */
    private static void requireWhatTls13Needs(Hashtable<?, ?> extensions) throws TlsFatalAlert {
        boolean groups = extensions.containsKey(ExtensionType.supported_groups);
        boolean shares = extensions.containsKey(ExtensionType.key_share);
        boolean resumes = extensions.containsKey(ExtensionType.pre_shared_key);
        if (groups != shares || !groups && !resumes) {
            throw new TlsFatalAlert(AlertDescription.missing_extension, groups ? "key_share" : "supported_groups");
        }
    }

    private static boolean offersTls13(Hashtable<?, ?> extensions) throws IOException {
        ProtocolVersion[] versions = TlsExtensionsUtils.getSupportedVersionsExtensionClient(extensions);
        return versions != null && ProtocolVersion.contains(versions, ProtocolVersion.TLSv13);
    }

    /** RFC 7301 §3.1: the list is not empty. */
    private static void requireProtocolNames(Hashtable<?, ?> extensions) throws TlsFatalAlert {
        byte[] names = (byte[]) extensions.get(ExtensionType.application_layer_protocol_negotiation);
        if (names != null && names.length <= 2) {
            throw new TlsFatalAlert(AlertDescription.decode_error, "no application protocol in the list");
        }
    }

    /** The engine cuts a hybrid share in two without a look at its length (draft-ietf-tls-ecdhe-mlkem §4.2). */
    private static void requireShareLengths(Hashtable<?, ?> extensions, List<Group> groups) throws IOException {
        Vector<?> shares = TlsExtensionsUtils.getKeyShareClientHello(extensions);
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
