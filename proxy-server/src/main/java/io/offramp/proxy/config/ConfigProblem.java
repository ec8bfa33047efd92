package io.offramp.proxy.config;

/**
 * One error or warning in a configuration.
 *
 * @param file as the user named it
 * @param line counted from 1; 0 if the problem has no place in the file
 * @param column counted from 1; 0 if the problem has no place in the file
 * @param path of the setting: {@code listeners[0].tls.cert}; empty for the file as a whole
 * @param message the fault, and what was expected
 */
public record ConfigProblem(String file, int line, int column, String path, String message) {
    /** {@code offramp.yaml:7:12: listeners[0].tls.cert: no such file: site.pem}, in the form of compilers. */
    @Override
    public String toString() {
        String place = line == 0 ? file : file + ":" + line + ":" + column;
        return path.isEmpty() ? place + ": " + message : place + ": " + path + ": " + message;
    }
}
