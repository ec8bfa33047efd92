package io.offramp.proxy.admin;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.offramp.proxy.handshake.certificate.ServerIdentity;
import java.io.IOException;
import java.io.StringWriter;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;

/** The certificates in use as JSON, one per line. */
final class CertificatesPage {
    static final String PATH = "/certificates";

    private static final JsonFactory JSON = new JsonFactory();

    private CertificatesPage() {}

    /** @param certificates by listener */
    static String json(Map<String, List<ServerIdentity>> certificates) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartArray();
            for (Map.Entry<String, List<ServerIdentity>> listener : certificates.entrySet()) {
                for (ServerIdentity each : listener.getValue()) {
                    json.writeRaw('\n');
                    write(json, listener.getKey(), each);
                }
            }
            json.writeEndArray();
            json.writeRaw('\n');
        }
        return text.toString();
    }

    private static void write(JsonGenerator json, String listener, ServerIdentity identity) throws IOException {
        json.writeStartObject();
        json.writeStringField("listener", listener);
        json.writeArrayFieldStart("names");
        for (String name : identity.names()) {
            json.writeString(name);
        }
        json.writeEndArray();
        json.writeStringField("notAfter", identity.notAfter().toString());
        json.writeStringField("key", identity.keyType().toString());
        json.writeStringField("serial", identity.serial());
        json.writeArrayFieldStart("chain");
        for (X509Certificate each : identity.chain()) {
            json.writeString(each.getSubjectX500Principal().getName());
        }
        json.writeEndArray();
        json.writeEndObject();
    }
}
