package io.offramp.app.golden;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.SortedSet;
import java.util.TreeSet;

/** The paths to all values of a JSON text, those of an array's items as one: {@code [].tx.records}. */
final class JsonPaths {
    private final SortedSet<String> paths = new TreeSet<>();
    private final JsonParser json;

    private JsonPaths(JsonParser json) {
        this.json = json;
    }

    static SortedSet<String> of(String text) throws IOException {
        try (JsonParser json = new JsonFactory().createParser(text)) {
            JsonPaths found = new JsonPaths(json);
            json.nextToken();
            found.value("");
            return found.paths;
        }
    }

    private void value(String path) throws IOException {
        switch (json.currentToken()) {
            case START_OBJECT -> {
                while (json.nextToken() == JsonToken.FIELD_NAME) {
                    String field = json.currentName();
                    json.nextToken();
                    value(path.isEmpty() ? field : path + "." + field);
                }
            }
            case START_ARRAY -> {
                while (json.nextToken() != JsonToken.END_ARRAY) {
                    value(path + "[]");
                }
            }
            default -> paths.add(path);
        }
    }
}
