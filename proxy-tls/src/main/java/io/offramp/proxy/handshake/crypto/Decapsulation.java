package io.offramp.proxy.handshake.crypto;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.util.Arrays;
import javax.crypto.SecretKey;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.crypto.TlsAgreement;
import org.bouncycastle.tls.crypto.TlsSecret;
import org.jspecify.annotations.Nullable;

/**
 * The ML-KEM part of one hybrid key exchange on the client's side. A ciphertext of a wrong length is the server's
 * fault: {@code illegal_parameter} (draft-ietf-tls-ecdhe-mlkem §4.2).
 */
final class Decapsulation implements TlsAgreement {
    private final HandshakeCrypto crypto;
    private final KeyEncapsulations tools;
    private @Nullable KeyPair ours;
    private @Nullable TlsSecret secret;

    Decapsulation(HandshakeCrypto crypto, KeyEncapsulations tools) {
        this.crypto = crypto;
        this.tools = tools;
    }

    @Override
    public byte[] generateEphemeral() throws IOException {
        try {
            KeyPair pair = tools.generate();
            ours = pair;
            return KeyEncapsulations.key(pair);
        } catch (IllegalStateException e) { // no provider
            throw new TlsFatalAlert(AlertDescription.internal_error, e);
        }
    }

    @Override
    public void receivePeerValue(byte[] ciphertext) throws IOException {
        KeyPair pair = ours;
        if (pair == null) {
            throw new TlsFatalAlert(AlertDescription.internal_error);
        }
        try {
            SecretKey shared = tools.decapsulate(pair.getPrivate(), ciphertext);
            byte[] encoded = shared.getEncoded();
            secret = crypto.createSecret(encoded.clone());
            Arrays.fill(encoded, (byte) 0);
            Encapsulation.wipe(shared);
        } catch (GeneralSecurityException | RuntimeException e) { // each provider throws its own
            throw new TlsFatalAlert(AlertDescription.illegal_parameter, e);
        }
    }

    @Override
    public TlsSecret calculateSecret() throws IOException {
        if (secret == null) {
            throw new TlsFatalAlert(AlertDescription.internal_error);
        }
        return secret;
    }
}
