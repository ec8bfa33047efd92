package io.offramp.proxy.handshake.engine;

import io.offramp.proxy.handshake.crypto.Group;
import java.io.IOException;
import java.util.Arrays;
import java.util.Hashtable;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.ClientHello;
import org.bouncycastle.tls.ExtensionType;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.TlsFatalAlert;
import org.jspecify.annotations.Nullable;

/**
 * Decides what this server accepts as a ClientHello, together with {@link ReceivedHello} (its form) and
 * {@link HelloExtension} (the extensions in use). The engine gets only what has been checked here, so all that it can
 * still refuse is a hello without a match.
 */
final class ClientHelloChecks {
    private static final int SSL_3_0 = 0x0300;
    private static final int TLS_1_2 = 0x0303;

    /** RFC 9849 §6.1.5: sealed again in the second ClientHello. */
    private static final int ENCRYPTED_CLIENT_HELLO = 0xfe0d;

    /** What a second ClientHello may change (RFC 8446 §4.1.2). */
    private static final Set<Integer> MAY_CHANGE = Set.of(
            ExtensionType.key_share,
            ExtensionType.early_data,
            ExtensionType.cookie,
            ExtensionType.pre_shared_key,
            ExtensionType.padding,
            ENCRYPTED_CLIENT_HELLO);

    private ClientHelloChecks() {}

    /**
     * Checks a hello and chooses its version.
     *
     * @param versions ours, in order of preference
     * @param groups ours
     * @return what the engine gets of it, with one version only
     * @throws TlsFatalAlert with the alert for the client
     */
    static ClientHello accept(ReceivedHello hello, ProtocolVersion[] versions, List<Group> groups) throws IOException {
        boolean tls13 = version(hello, versions).equals(ProtocolVersion.TLSv13);
        requireNoCompression(hello, tls13);
        Hashtable<Integer, byte[]> used = used(hello.extensions(), tls13);
        if (tls13) {
            requireWhatTls13Needs(hello);
            requireShareLengths(used, groups);
        }
        return new ClientHello(
                ProtocolVersion.TLSv12, hello.random(), hello.sessionId(), null, hello.suites(), used, -1);
    }

    /**
     * Our first version that the client supports: by supported_versions alone if present (RFC 8446 §4.2.1), otherwise
     * by the client's newest, which may be newer than ours (RFC 5246 §E.1). "Any endpoint receiving a Hello message
     * with legacy_version set to 0x0300 MUST abort with a protocol_version alert" (RFC 8446 §D.5); older ones are
     * treated alike.
     */
    private static ProtocolVersion version(ReceivedHello hello, ProtocolVersion[] ours) throws TlsFatalAlert {
        if (hello.version() <= SSL_3_0) {
            throw new TlsFatalAlert(
                    AlertDescription.protocol_version, "legacy_version 0x" + Integer.toHexString(hello.version()));
        }
        int[] offered = supportedVersions(hello);
        for (ProtocolVersion version : ours) {
            int code = version.getFullVersion();
            if (offered == null
                    ? code == TLS_1_2 && hello.version() >= TLS_1_2
                    : org.bouncycastle.util.Arrays.contains(offered, code)) {
                return version;
            }
        }
        throw new TlsFatalAlert(AlertDescription.protocol_version, "no version in common");
    }

    private static int @Nullable [] supportedVersions(ReceivedHello hello) throws TlsFatalAlert {
        byte[] content = hello.extensions().get(HelloExtension.SUPPORTED_VERSIONS.type());
        return content == null
                ? null
                : new HelloReader("supported_versions", content).only8(2).uint16s();
    }

    /**
     * "For every TLS 1.3 ClientHello, this vector MUST contain exactly one byte, set to zero" (RFC 8446 §4.1.2);
     * earlier versions include that one (RFC 5246 §7.4.1.2). Otherwise illegal_parameter.
     */
    private static void requireNoCompression(ReceivedHello hello, boolean tls13) throws TlsFatalAlert {
        byte[] methods = hello.compressions();
        if (tls13 && methods.length > 1 || !org.bouncycastle.util.Arrays.contains(methods, (byte) 0)) {
            throw new TlsFatalAlert(
                    AlertDescription.illegal_parameter,
                    methods.length + " compression methods, the first " + methods[0]);
        }
    }

    /**
     * The extensions in use; all others are dropped. pre_shared_key "MUST be the last extension" (RFC 8446 §4.2.11).
     */
    private static Hashtable<Integer, byte[]> used(Map<Integer, byte[]> extensions, boolean tls13)
            throws TlsFatalAlert {
        Hashtable<Integer, byte[]> used = new Hashtable<>();
        for (Iterator<Map.Entry<Integer, byte[]>> all = extensions.entrySet().iterator(); all.hasNext(); ) {
            Map.Entry<Integer, byte[]> each = all.next();
            HelloExtension extension = HelloExtension.of(each.getKey());
            if (extension != null && extension.isUsedIn(tls13)) {
                if (extension == HelloExtension.PRE_SHARED_KEY && all.hasNext()) {
                    throw new TlsFatalAlert(
                            AlertDescription.illegal_parameter, "pre_shared_key is not the last extension");
                }
                byte[] proven = extension.proven(each.getValue());
                if (proven != null) {
                    used.put(each.getKey(), proven);
                }
            }
        }
        return used;
    }

    /**
     * RFC 8446 §9.2: groups and shares come together, without them there is a PSK, and with a PSK its modes (§4.2.9).
     * The engine checks that signature_algorithms are present where no session is resumed.
     */
    private static void requireWhatTls13Needs(ReceivedHello hello) throws TlsFatalAlert {
        boolean groups = hello.has(HelloExtension.SUPPORTED_GROUPS);
        boolean shares = hello.has(HelloExtension.KEY_SHARE);
        boolean resumes = hello.has(HelloExtension.PRE_SHARED_KEY);
        if (groups != shares || !groups && !resumes) {
            throw new TlsFatalAlert(AlertDescription.missing_extension, groups ? "key_share" : "supported_groups");
        }
        if (resumes && !hello.has(HelloExtension.PSK_KEY_EXCHANGE_MODES)) {
            throw new TlsFatalAlert(AlertDescription.missing_extension, "psk_key_exchange_modes");
        }
    }

    /** The engine splits a hybrid share without checking its length (draft-ietf-tls-ecdhe-mlkem §4.2). */
    private static void requireShareLengths(Hashtable<Integer, byte[]> extensions, List<Group> groups)
            throws TlsFatalAlert {
        byte[] content = extensions.get(HelloExtension.KEY_SHARE.type());
        if (content == null) {
            return;
        }
        HelloReader shares = new HelloReader("key_share", content).only16(0);
        while (shares.hasMore()) {
            Group group = Group.of(shares.uint16());
            int bytes = shares.skip16(1);
            if (group != null && groups.contains(group) && bytes != group.shareBytes()) {
                throw new TlsFatalAlert(
                        AlertDescription.illegal_parameter, "key share of " + bytes + " bytes for " + group.label());
            }
        }
    }

    /**
     * A client answers a HelloRetryRequest with the same ClientHello, except for what it was asked to change (RFC 8446
     * §4.1.2).
     *
     * @throws TlsFatalAlert illegal_parameter
     */
    static void requireUnchanged(ReceivedHello first, ReceivedHello second) throws TlsFatalAlert {
        require(first.version() == second.version(), "its version");
        require(Arrays.equals(first.random(), second.random()), "its random");
        require(Arrays.equals(first.sessionId(), second.sessionId()), "its session id");
        require(Arrays.equals(first.suites(), second.suites()), "its cipher suites");
        require(Arrays.equals(first.compressions(), second.compressions()), "its compression methods");
        Map<Integer, byte[]> before = first.extensions();
        Map<Integer, byte[]> after = second.extensions();
        for (Map.Entry<Integer, byte[]> each : before.entrySet()) {
            boolean same = Arrays.equals(each.getValue(), after.get(each.getKey()));
            require(same || MAY_CHANGE.contains(each.getKey()), "extension " + each.getKey());
        }
        for (Integer type : after.keySet()) {
            boolean mayAppear = type == ExtensionType.cookie || type == ExtensionType.padding;
            require(before.containsKey(type) || mayAppear, "extension " + type);
        }
        require(!second.has(HelloExtension.EARLY_DATA), "nothing of its early data");
    }

    private static void require(boolean condition, String what) throws TlsFatalAlert {
        if (!condition) {
            throw new TlsFatalAlert(AlertDescription.illegal_parameter, "second ClientHello changes " + what);
        }
    }
}
