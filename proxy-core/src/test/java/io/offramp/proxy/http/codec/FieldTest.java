package io.offramp.proxy.http.codec;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FieldTest {
    @ParameterizedTest
    @ValueSource(strings = {
        "Client-Cert", "client-cert-chain", "CLIENT_CERT", "Client_Cert-Chain", "X-Client-Cert-Subject", "x_client_cert_subject",
        "X-Client_Cert.Fingerprint", "X.CLIENT~CERT", "X-Client-Cert-Verify"
    })
    void shouldKnowWhateverAnUpstreamMayTakeForAClientCertificate(String name) {
        assertThat(Field.of(name)).isEqualTo(Field.CLIENT_CERT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Client-Certificate", "X-Client", "X-Client-Certainty", "Client", "XClient-Cert", "Y-Client-Cert", "X", ""})
    void shouldLeaveOtherFieldsAlone(String name) {
        assertThat(Field.of(name)).isEqualTo(Field.OTHER);
    }
}
