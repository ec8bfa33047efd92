package io.offramp.proxy.config;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.offramp.offload.OffloadProvider;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;

/**
 * The JSON Schema of a configuration (draft 2020-12), for editors and for checks elsewhere. It knows all keys and the
 * forms of their values; {@link ConfigLoader} knows more: files, names, and settings that exclude each other.
 */
public final class ConfigSchema {
    private static final String BACKENDS = "\"@backends\"";

    private ConfigSchema() {}

    /** The schema, with the settings of these backends. */
    public static String of(Collection<OffloadProvider> backends) {
        try (InputStream in = ConfigSchema.class.getResourceAsStream("schema.json")) {
            if (in == null) {
                throw new IllegalStateException("schema.json is not on the class path");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).replace(BACKENDS, settings(backends));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String settings(Collection<OffloadProvider> backends) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.writeStartObject();
            for (OffloadProvider backend : backends) {
                json.writeObjectFieldStart(backend.name());
                json.writeStringField("type", "object");
                json.writeBooleanField("additionalProperties", false);
                json.writeObjectFieldStart("properties");
                for (Map.Entry<String, String> setting : backend.settings().entrySet()) {
                    json.writeObjectFieldStart(setting.getKey());
                    json.writeStringField("$ref", "#/$defs/text");
                    json.writeStringField("description", setting.getValue());
                    json.writeEndObject();
                }
                json.writeEndObject();
                json.writeEndObject();
            }
            json.writeEndObject();
        }
        return text.toString();
    }
}
