package io.offramp.proxy.guard;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Users and their passwords' hashes, as {@code htpasswd -B} writes them. Only bcrypt is taken: all other forms of that
 * file can be guessed at millions of tries a second.
 *
 * @param hashes by user, whose name has one character a byte
 */
public record Logins(Map<String, String> hashes) {
    /** More would keep a thread for a second, for each try. */
    private static final int MOST_COST = 14;

    private static final int LEAST_COST = 4;
    private static final Pattern BCRYPT = Pattern.compile("\\$2[aby]\\$(\\d\\d)\\$[./A-Za-z0-9]{53}");
    private static final int COST_AT = 4;

    /** Of a user that is not there: no password has it. */
    private static final String NOBODY = "$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234";

    /** A file that is not as it should be. */
    public static final class BadFileException extends Exception {
        private static final long serialVersionUID = 1;

        BadFileException(int line, String why) {
            super("line " + line + ": " + why, null, false, false);
        }
    }

    /**
     * Reads the lines of a file.
     *
     * @throws BadFileException naming the line; without any hash
     */
    public static Logins parse(List<String> lines) throws BadFileException {
        Map<String, String> hashes = new HashMap<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            int colon = line.indexOf(':');
            if (colon <= 0) {
                throw new BadFileException(i + 1, "expected user:hash, as htpasswd -B writes it");
            }
            String user = line.substring(0, colon);
            String hash = line.substring(colon + 1);
            if (!BCRYPT.matcher(hash).matches()) {
                throw new BadFileException(
                        i + 1, "the hash of \"" + user + "\" is none of bcrypt ($2y$); htpasswd -B makes one");
            }
            int cost = cost(hash);
            if (cost < LEAST_COST || cost > MOST_COST) {
                throw new BadFileException(
                        i + 1, "the cost of \"" + user + "\" is " + cost + ", not " + LEAST_COST + " to " + MOST_COST);
            }
            if (hashes.putIfAbsent(user, hash) != null) {
                throw new BadFileException(i + 1, "\"" + user + "\" is there already");
            }
        }
        return new Logins(Map.copyOf(hashes));
    }

    private static int cost(String hash) {
        return Integer.parseInt(hash, COST_AT, COST_AT + 2, 10);
    }

    /** The user's hash, or null. */
    @Nullable
    String hash(String user) {
        return hashes.get(user);
    }

    /** A hash that no password has; to check it takes as long as the slowest that is there. */
    String nobody() {
        int most = hashes.values().stream().mapToInt(Logins::cost).max().orElse(LEAST_COST);
        return "$2y$" + (most < 10 ? "0" : "") + most + NOBODY;
    }

    /** Whether all checks take the same time; otherwise an answer's time tells users from others. */
    public boolean haveOneCost() {
        return hashes.values().stream().mapToInt(Logins::cost).distinct().count() <= 1;
    }

    @Override
    public String toString() {
        return hashes.size() + " users";
    }
}
