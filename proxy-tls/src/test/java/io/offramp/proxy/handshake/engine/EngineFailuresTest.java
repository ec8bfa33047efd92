package io.offramp.proxy.handshake.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.offramp.proxy.tls.HandshakeFailure;
import io.offramp.proxy.tls.HandshakeFailure.Reason;
import io.offramp.proxy.tls.Role;
import java.io.EOFException;
import java.io.IOException;
import java.security.GeneralSecurityException;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsUtils;
import org.junit.jupiter.api.Test;

/** Whose fault it is when the engine throws. */
class EngineFailuresTest {
    @Test
    void shouldBlameTheMessageForWhatTheEngineThrowsUnchecked() {
        RuntimeException reserved = catchThrowableOfType(RuntimeException.class, () -> ProtocolVersion.get(0xfe, 0xfe));
        RuntimeException beyond =
                catchThrowableOfType(RuntimeException.class, () -> TlsUtils.readUint16(new byte[1], 0));

        assertBlamed(EngineFailures.blame(reserved), AlertDescription.illegal_parameter, reserved);
        assertBlamed(EngineFailures.blame(beyond), AlertDescription.decode_error, beyond);
    }

    @Test
    void shouldBlameTheMessageForWhatCannotBeRead() {
        EOFException end = new EOFException();
        IOException malformed = new IOException("DER length more than 4 bytes: 9");

        assertBlamed(EngineFailures.blame(end), AlertDescription.decode_error, end);
        assertBlamed(EngineFailures.blame(malformed), AlertDescription.decode_error, malformed);
    }

    @Test
    void shouldBlameOurselvesForWhatOurCodeThrows() {
        IllegalStateException ours = new IllegalStateException("no such provider");

        HandshakeFailure failure = EngineFailures.classify(EngineFailures.blame(ours), Role.SERVER);

        assertThat(failure.reason()).isEqualTo(Reason.INTERNAL);
        assertThat(failure.cause()).hasRootCause(ours);
    }

    @Test
    void shouldBlameOurselvesForCryptographyThatFails() {
        TlsFatalAlert alert =
                new TlsFatalAlert(AlertDescription.internal_error, new GeneralSecurityException("no key"));

        assertThat(EngineFailures.blame(alert)).isSameAs(alert);
        assertThat(EngineFailures.classify(alert, Role.SERVER).reason()).isEqualTo(Reason.INTERNAL);
        assertThat(EngineFailures.classify(new TlsFatalAlert(AlertDescription.internal_error), Role.SERVER)
                        .reason())
                .isEqualTo(Reason.INTERNAL);
    }

    private static void assertBlamed(IOException blamed, short alert, Exception cause) {
        HandshakeFailure failure = EngineFailures.classify(blamed, Role.SERVER);

        assertThat(failure.reason()).isEqualTo(Reason.ALERT_SENT);
        assertThat(EngineFailures.alert(blamed)).isEqualTo(alert);
        assertThat(failure.cause()).as("kept for debugging").isSameAs(cause);
    }
}
