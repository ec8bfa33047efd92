package io.offramp.proxy.handshake.crypto;

import java.io.IOException;
import java.security.GeneralSecurityException;
import javax.crypto.KEM;
import javax.crypto.SecretKey;
import javax.security.auth.DestroyFailedException;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.crypto.TlsAgreement;
import org.bouncycastle.tls.crypto.TlsSecret;
import org.jspecify.annotations.Nullable;

/**
 * The ML-KEM part of one hybrid key exchange. A key that fails its check is the client's fault:
 * {@code illegal_parameter} (draft-ietf-tls-ecdhe-mlkem §4.2).
 */
final class Encapsulation implements TlsAgreement {
    private final HandshakeCrypto crypto;
    private final KeyEncapsulations tools;
    private @Nullable TlsSecret secret;
    private byte @Nullable [] ciphertext;

    Encapsulation(HandshakeCrypto crypto, KeyEncapsulations tools) {
        this.crypto = crypto;
        this.tools = tools;
    }

    @Override
    public void receivePeerValue(byte[] key) throws IOException {
        try {
            KEM.Encapsulated encapsulated = tools.encapsulate(key);
            ciphertext = encapsulated.encapsulation();
            secret = crypto.createSecret(encapsulated.key().getEncoded());
            wipe(encapsulated.key());
        } catch (IllegalStateException e) { // no provider
            throw new TlsFatalAlert(AlertDescription.internal_error, e);
        } catch (GeneralSecurityException | RuntimeException e) { // each provider throws its own for a bad key
            throw new TlsFatalAlert(AlertDescription.illegal_parameter, e);
        }
    }

    /** Not really ephemeral: the result of encapsulating to the client's key. */
    @Override
    public byte[] generateEphemeral() throws IOException {
        if (ciphertext == null) {
            throw new TlsFatalAlert(AlertDescription.internal_error);
        }
        return ciphertext;
    }

    @Override
    public TlsSecret calculateSecret() throws IOException {
        if (secret == null) {
            throw new TlsFatalAlert(AlertDescription.internal_error);
        }
        return secret;
    }

    static void wipe(SecretKey key) {
        try {
            key.destroy();
        } catch (DestroyFailedException e) { // the JDK cannot: its copy is left to the collector
            return;
        }
    }
}
