package io.offramp.app.golden;

import io.offramp.app.CommandRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * All keys of a configuration, found out by asking: {@code offramp check} answers a key that it does not know with
 * those that it knows in that place. Each of these is then asked for keys of its own.
 */
final class ConfigKeys {
    /** Too far from every key for the answer to name only the nearest. */
    private static final String UNKNOWN = "a-key-that-is-far-longer-than-any-that-there-is";

    /** Of the user's choice, where any name may be. */
    private static final String NAME = "anything";

    private final Path file;
    private final SortedSet<String> keys = new TreeSet<>();

    private ConfigKeys(Path file) {
        this.file = file;
    }

    /** By path: {@code listeners[].tls.cert}, {@code upstreams.*.servers}. Writes its questions into a directory. */
    static SortedSet<String> known(Path directory) throws IOException {
        ConfigKeys found = new ConfigKeys(directory.resolve("question.yaml"));
        found.askBelow(new Place("%s", "", ""));
        return found.keys;
    }

    private void askBelow(Place place) throws IOException {
        for (String key : ask(place)) {
            Place below = place.key(key);
            keys.add(below.shown);
            askBelow(below);
            askBelow(below.item());
            askBelow(below.named());
        }
    }

    /** The keys of the mapping in this place; none where none belongs. */
    private List<String> ask(Place place) throws IOException {
        Place unknown = place.key(UNKNOWN);
        Files.writeString(file, unknown.yaml.formatted("0"));
        Pattern answer = Pattern.compile(": " + Pattern.quote(unknown.path) + ": unknown key; known are (.+)");
        return CommandRun.of("check", file.toString())
                .err()
                .lines()
                .map(answer::matcher)
                .filter(matcher -> matcher.find())
                .flatMap(matcher -> List.of(matcher.group(1).split(", ")).stream())
                .toList();
    }

    /**
     * Where a value may be.
     *
     * @param yaml a file with nothing but that value, which is {@code %s}
     * @param path as messages write it
     * @param shown as the golden file writes it
     */
    private record Place(String yaml, String path, String shown) {
        Place key(String key) {
            return inside(
                    "{" + key + ": %s}",
                    path.isEmpty() ? key : path + "." + key,
                    shown.isEmpty() ? key : shown + "." + key);
        }

        Place item() {
            return inside("[%s]", path + "[0]", shown + "[]");
        }

        Place named() {
            return inside("{" + NAME + ": %s}", path + "." + NAME, shown + ".*");
        }

        private Place inside(String around, String newPath, String newShown) {
            return new Place(yaml.formatted(around), newPath, newShown);
        }
    }
}
