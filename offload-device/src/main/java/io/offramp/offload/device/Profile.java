package io.offramp.offload.device;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/**
 * A device that can be asked for by name: a file of settings (the format of {@link Properties}). Those that
 * configuration has itself win over it.
 *
 * @param label as configuration names it
 * @param settings by name
 */
record Profile(String label, Map<String, String> settings) {
    /** The files that come with the model. */
    static final List<String> LABELS = List.of("connectx-6dx", "connectx-7", "linux-6.18", "linux-tls13");

    private static final String SUFFIX = ".properties";
    private static final int MAX_BYTES = 1 << 20;

    /** All labels, for help and errors. */
    static String labels() {
        return String.join(", ", LABELS) + " or a file (NAME" + SUFFIX + ")";
    }

    /** @throws IllegalArgumentException if there is no such profile, or its file cannot be read */
    static Profile of(String label) {
        if (label.endsWith(SUFFIX)) {
            return ofFile(label);
        }
        if (!LABELS.contains(label)) {
            throw new IllegalArgumentException("profile: must be " + labels() + ", is " + label);
        }
        String name = "profiles/" + label + SUFFIX;
        try (InputStream in = Profile.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("no resource " + name);
            }
            return read(label, new InputStreamReader(in, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new IllegalStateException("resource " + name + " cannot be read", e);
        }
    }

    private static Profile ofFile(String name) {
        try {
            Path file = Path.of(name);
            if (Files.exists(file) && !Files.isRegularFile(file)) { // a pipe may never begin, a device never end
                throw new IOException("is not a regular file");
            }
            try (InputStream in = Files.newInputStream(file)) {
                byte[] text = in.readNBytes(MAX_BYTES + 1);
                if (text.length > MAX_BYTES) {
                    throw new IOException("is larger than 1 MiB");
                }
                return read(name, new StringReader(new String(text, StandardCharsets.UTF_8)));
            }
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException("profile: no such file: " + name, e);
        } catch (IOException | InvalidPathException e) {
            throw new IllegalArgumentException("profile: " + name + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static Profile read(String label, Reader in) throws IOException {
        Properties properties = new Properties();
        properties.load(in);
        Map<String, String> settings = new LinkedHashMap<>();
        properties.stringPropertyNames().forEach(name -> settings.put(name, properties.getProperty(name)));
        return new Profile(label, settings);
    }
}
