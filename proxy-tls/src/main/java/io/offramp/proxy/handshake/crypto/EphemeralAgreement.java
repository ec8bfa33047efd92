package io.offramp.proxy.handshake.crypto;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.crypto.TlsAgreement;
import org.bouncycastle.tls.crypto.TlsSecret;
import org.jspecify.annotations.Nullable;

/** One Diffie-Hellman exchange. A bad share is the peer's fault: {@code illegal_parameter} (RFC 8446 §4.2.8). */
final class EphemeralAgreement implements TlsAgreement {
    private final HandshakeCrypto crypto;
    private final KeyAgreements tools;
    private @Nullable KeyPair ours;
    private @Nullable PublicKey theirs;

    EphemeralAgreement(HandshakeCrypto crypto, KeyAgreements tools) {
        this.crypto = crypto;
        this.tools = tools;
    }

    @Override
    public byte[] generateEphemeral() {
        KeyPair pair = tools.generate();
        ours = pair;
        return KeyAgreements.share(tools.group(), pair);
    }

    @Override
    public void receivePeerValue(byte[] share) throws IOException {
        try {
            theirs = tools.decode(share);
        } catch (GeneralSecurityException | RuntimeException e) { // each provider throws its own for a bad point
            throw new TlsFatalAlert(AlertDescription.illegal_parameter, e);
        }
    }

    @Override
    public TlsSecret calculateSecret() throws IOException {
        KeyPair pair = ours;
        PublicKey peer = theirs;
        if (pair == null || peer == null) {
            throw new TlsFatalAlert(AlertDescription.internal_error);
        }
        try {
            return crypto.createSecret(tools.agree(pair.getPrivate(), peer));
        } catch (GeneralSecurityException | RuntimeException e) {
            throw new TlsFatalAlert(AlertDescription.illegal_parameter, e);
        }
    }
}
