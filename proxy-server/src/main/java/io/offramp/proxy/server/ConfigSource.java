package io.offramp.proxy.server;

import io.offramp.proxy.config.ConfigResult;
import io.offramp.proxy.config.ProxyConfig;
import java.nio.file.Path;

/** Where the configuration of a running proxy is read again. Called on the reload thread, which may block. */
public interface ConfigSource {
    /** The file, for messages and to be watched. */
    Path file();

    /** Reads and checks all of it. Changes nothing. */
    ConfigResult load();

    /**
     * Makes what the configuration needs and the proxy does not make.
     *
     * @throws StartException if that fails: the configuration is then not used
     */
    void prepare(ProxyConfig next) throws StartException;

    /** The configuration is in use. */
    void onUsed(ProxyConfig now);
}
