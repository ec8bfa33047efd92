package io.offramp.proxy.handshake;

import java.security.GeneralSecurityException;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.Signature;
import java.security.spec.PSSParameterSpec;
import org.jspecify.annotations.Nullable;

/** Signs with one key in one scheme. Thread-safe: each thread has a JCA object that was given the key once. */
final class Signer {
    private final SigningScheme scheme;
    private final PrivateKey key;
    private final @Nullable Provider provider;
    private final ThreadLocal<@Nullable Signature> signatures = new ThreadLocal<>();

    /** @param provider null for whatever the JDK has installed */
    Signer(SigningScheme scheme, PrivateKey key, @Nullable Provider provider) {
        this.scheme = scheme;
        this.key = key;
        this.provider = provider;
    }

    SigningScheme scheme() {
        return scheme;
    }

    /** The signature over the concatenation of {@code parts}. */
    byte[] sign(byte[]... parts) throws GeneralSecurityException {
        Signature signature = signatures.get();
        if (signature == null) {
            signature = create();
            signatures.set(signature);
        }
        try {
            for (byte[] part : parts) {
                signature.update(part);
            }
            return signature.sign();
        } catch (GeneralSecurityException | RuntimeException e) {
            signatures.remove(); // in an unknown state, must not be used again
            throw e;
        }
    }

    private Signature create() throws GeneralSecurityException {
        PSSParameterSpec pss = scheme.parameters();
        Signature signature = pss == null ? instance(scheme.algorithm()) : pss(pss);
        signature.initSign(key);
        return signature;
    }

    /** The JDK and Corretto know one name with parameters, Conscrypt a name for each hash. */
    private Signature pss(PSSParameterSpec parameters) throws GeneralSecurityException {
        try {
            Signature signature = instance(scheme.algorithm());
            signature.setParameter(parameters);
            return signature;
        } catch (NoSuchAlgorithmException e) {
            return instance(parameters.getDigestAlgorithm().replace("-", "") + "withRSA/PSS");
        }
    }

    private Signature instance(String algorithm) throws GeneralSecurityException {
        return provider == null ? Signature.getInstance(algorithm) : Signature.getInstance(algorithm, provider);
    }
}
