package io.offramp.proxy.config;

/**
 * One thing that is wrong, or doubtful, in a configuration.
 *
 * @param file as the user named it
 * @param line counted from 1; 0 where the problem has no place in the file
 * @param column counted from 1; 0 where the problem has no place in the file
 * @param path which setting: {@code listeners[0].tls.cert}; empty for the file as a whole
 * @param message what is wrong and what was expected
 */
public record ConfigProblem(String file, int line, int column, String path, String message) {
    /** {@code offramp.yaml:7:12: listeners[0].tls.cert: no such file: site.pem}, as compilers print it. */
    @Override
    public String toString() {
        String place = line == 0 ? file : file + ":" + line + ":" + column;
        return path.isEmpty() ? place + ": " + message : place + ": " + path + ": " + message;
    }
}
